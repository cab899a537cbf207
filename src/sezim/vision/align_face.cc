// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/align_face.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "sezim/base/error.h"
#include "sezim/vision/luma_range.h"

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
  if (to_picture.scale() > 2) {  // only the part that is needed, by a whole number
    const int factor = static_cast<int>(std::min(to_picture.scale(), 1e6));
    const double reach = to_picture.scale() * layout.side;
    const double middle_x = to_picture.a * layout.side / 2 - to_picture.b * layout.side / 2 + to_picture.x;
    const double middle_y = to_picture.b * layout.side / 2 + to_picture.a * layout.side / 2 + to_picture.y;
    const auto low = [&](double at) { return static_cast<int>(std::clamp(at - reach, -1e6, 1e6)); };
    cv::Rect part(low(middle_x), low(middle_y), static_cast<int>(std::min(2 * reach, 2e6)) + 1,
                  static_cast<int>(std::min(2 * reach, 2e6)) + 1);
    part &= cv::Rect(0, 0, picture.width, picture.height);
    part.width -= part.width % factor;
    part.height -= part.height % factor;
    if (!part.empty()) {
      cv::resize(source(part), shrunk, cv::Size(part.width / factor, part.height / factor), 0, 0, cv::INTER_AREA);
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
