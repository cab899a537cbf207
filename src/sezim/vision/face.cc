// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/face.h"

#include <algorithm>
#include <cmath>

namespace sezim {
namespace {

Point Between(const Point& a, const Point& b, float share) {
  return {a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)};
}

}  // namespace

float EyeDistance(const FacePoints& points) {
  return std::hypot(points.right_eye.x - points.left_eye.x, points.right_eye.y - points.left_eye.y);
}

double IntersectionOverUnion(const FaceBox& a, const FaceBox& b) {
  const double width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  const double height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const double shared = width * height;
  return shared / (static_cast<double>(a.width) * a.height + static_cast<double>(b.width) * b.height - shared);
}

FacePoints Between(const FacePoints& a, const FacePoints& b, float share) {
  return {Between(a.left_eye, b.left_eye, share), Between(a.right_eye, b.right_eye, share),
          Between(a.nose, b.nose, share), Between(a.mouth, b.mouth, share)};
}

}  // namespace sezim
