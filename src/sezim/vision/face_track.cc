// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/face_track.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "sezim/base/error.h"

namespace sezim {

std::vector<std::optional<std::size_t>> MatchFaces(std::span<const FaceBox> before, std::span<const FaceBox> now) {
  constexpr double kMinOverlap = 0.3;
  struct Pair {
    double overlap;
    std::size_t before;
    std::size_t now;
  };
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < before.size(); ++i) {
    for (std::size_t k = 0; k < now.size(); ++k) {
      const double overlap = IntersectionOverUnion(before[i], now[k]);
      if (overlap >= kMinOverlap) pairs.push_back({overlap, i, k});
    }
  }
  std::stable_sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.overlap > b.overlap; });
  std::vector<std::optional<std::size_t>> match(now.size());
  std::vector<bool> taken(before.size(), false);
  for (const Pair& pair : pairs) {
    if (taken[pair.before] || match[pair.now]) continue;
    taken[pair.before] = true;
    match[pair.now] = pair.before;
  }
  return match;
}

float TurnOf(const FacePoints& points) {
  const float along_x = points.right_eye.x - points.left_eye.x;
  const float along_y = points.right_eye.y - points.left_eye.y;
  const float squared = along_x * along_x + along_y * along_y;
  if (squared <= 0) return 0;
  const float nose_x = points.nose.x - (points.left_eye.x + points.right_eye.x) / 2;
  const float nose_y = points.nose.y - (points.left_eye.y + points.right_eye.y) / 2;
  return (nose_x * along_x + nose_y * along_y) / squared;
}

float Sharpness(std::span<const std::uint8_t> face, int side) {
  Check(face.size() == static_cast<std::size_t>(side) * static_cast<std::size_t>(side), "an aligned face is a square");
  const cv::Mat luma(side, side, CV_8UC1, const_cast<std::uint8_t*>(face.data()));
  cv::Mat detail;
  cv::Laplacian(luma, detail, CV_32F);
  cv::Scalar mean, contrast, deviation;
  cv::meanStdDev(luma, mean, contrast);
  cv::meanStdDev(detail, mean, deviation);
  return contrast[0] > 0 ? static_cast<float>(deviation[0] / contrast[0]) : 0;
}

}  // namespace sezim
