// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/align_face.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/vision/luma_range.h"
#include "sezim/vision/shrink.h"

namespace sezim {
namespace {

// picture = scale_x * (aligned.x) ..., as the 2 x 3 matrix of a similarity.
struct Similarity {
  double a = 1;  // scale * cos
  double b = 0;  // scale * sin
  double x = 0;
  double y = 0;

  double scale() const { return std::hypot(a, b); }
};

// The similarity that takes `from` to `to` with the least sum of squared distances (Umeyama 1991, in the plane).
Similarity Fit(const std::array<Point, 3>& from, const std::array<Point, 3>& to) {
  double from_x = 0, from_y = 0, to_x = 0, to_y = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    from_x += from[i].x / 3.0;
    from_y += from[i].y / 3.0;
    to_x += to[i].x / 3.0;
    to_y += to[i].y / 3.0;
  }
  double along = 0, across = 0, size = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const double u = from[i].x - from_x, v = from[i].y - from_y;
    const double p = to[i].x - to_x, q = to[i].y - to_y;
    along += u * p + v * q;
    across += u * q - v * p;
    size += u * u + v * v;
  }
  Similarity fit{.a = along / size, .b = across / size};
  fit.x = to_x - (fit.a * from_x - fit.b * from_y);
  fit.y = to_y - (fit.b * from_x + fit.a * from_y);
  return fit;
}

// 2, 3, 4, 6, 8, 12, 16, ...: those of which ShrinkInto makes most by halving. Requires a scale of at least 2, of which
// less than 1.5 is left.
int ShrinkFactor(double scale) {
  int factor = 2;
  while (factor < 1'000'000 && 2 * factor <= scale) factor *= 2;
  return 1.5 * factor <= scale ? factor / 2 * 3 : factor;
}

// Where the square of `side` lies in the picture, with `margin` pixels around it; what is far outside is cut off.
cv::Rect PartOf(const Similarity& to_picture, int side, int margin) {
  const auto range = [&](double at, double along, double across) {
    const auto [least, most] = std::minmax({at, at + along * side, at + across * side, at + (along + across) * side});
    return std::pair(static_cast<int>(std::clamp(least, -1e6, 1e6)) - margin - 1,
                     static_cast<int>(std::clamp(most, -1e6, 1e6)) + margin + 1);
  };
  const auto [left, right] = range(to_picture.x, to_picture.a, -to_picture.b);
  const auto [top, bottom] = range(to_picture.y, to_picture.b, to_picture.a);
  return {left, top, right - left, bottom - top};
}

}  // namespace

std::vector<std::uint8_t> AlignFace(const GreyView& picture, const FacePoints& points, const AlignedLayout& layout) {
  const auto side = static_cast<float>(layout.side);
  const std::array<Point, 3> wanted = {Point{(0.5F - layout.eye_distance / 2) * side, layout.eye_height * side},
                                       Point{(0.5F + layout.eye_distance / 2) * side, layout.eye_height * side},
                                       Point{0.5F * side, layout.mouth_height * side}};
  Similarity to_picture = Fit(wanted, {points.left_eye, points.right_eye, points.mouth});
  Check(std::isfinite(to_picture.x) && std::isfinite(to_picture.y) && to_picture.scale() > 0,
        "a face's points are not all in one place");

  cv::Mat source(picture.height, picture.width, CV_8UC1, const_cast<std::uint8_t*>(picture.data),
                 static_cast<std::size_t>(picture.stride));
  cv::Mat shrunk;
  if (to_picture.scale() >= 2) {  // only the part that is needed
    const int factor = ShrinkFactor(to_picture.scale());
    cv::Rect part = PartOf(to_picture, layout.side, factor) & cv::Rect(0, 0, picture.width, picture.height);
    part.width -= part.width % factor;
    part.height -= part.height % factor;
    if (!part.empty()) {
      shrunk.create(part.height / factor, part.width / factor, CV_8UC1);
      ShrinkInto(source(part), shrunk);
      source = shrunk;
      to_picture.a /= factor;
      to_picture.b /= factor;
      to_picture.x = (to_picture.x - part.x) / factor;
      to_picture.y = (to_picture.y - part.y) / factor;
    }
  }
  std::vector<std::uint8_t> aligned(static_cast<std::size_t>(layout.side) * static_cast<std::size_t>(layout.side));
  cv::Mat out(layout.side, layout.side, CV_8UC1, aligned.data());
  // Points are counted from the corner of a pixel, OpenCV counts from its middle.
  const double x = to_picture.x + 0.5 * (to_picture.a - to_picture.b) - 0.5;
  const double y = to_picture.y + 0.5 * (to_picture.b + to_picture.a) - 0.5;
  const cv::Matx23d matrix(to_picture.a, -to_picture.b, x, to_picture.b, to_picture.a, y);
  cv::warpAffine(source, out, matrix, out.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  if (picture.limited_range) std::transform(aligned.begin(), aligned.end(), aligned.begin(), FullRange);
  return aligned;
}

}  // namespace sezim
