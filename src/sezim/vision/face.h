// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

namespace sezim {

// A rectangle in a picture: its upper left corner and size in pixels.
struct FaceBox {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;

  bool operator==(const FaceBox&) const = default;
};

// A place in a picture, in pixels: (0, 0) is the upper left corner of the first one.
struct Point {
  float x = 0;
  float y = 0;

  bool operator==(const Point&) const = default;
};

// Where a face has its parts. Left and right are the picture's, not the person's.
struct FacePoints {
  Point left_eye{};
  Point right_eye{};
  Point nose{};
  Point mouth{};  // its middle

  bool operator==(const FacePoints&) const = default;
};

struct DetectedFace {
  FaceBox box{};                       // inside the picture
  float score = 1;                     // in (0, 1]
  std::optional<FacePoints> points{};  // of detectors that tell them; may lie outside the picture
};

float EyeDistance(const FacePoints& points);

// Area of what two boxes share over the area of what they cover together, in [0, 1].
double IntersectionOverUnion(const FaceBox& a, const FaceBox& b);

// The points that are `share` (0 to 1) of the way from `a` to `b`.
FacePoints Between(const FacePoints& a, const FacePoints& b, float share);

}  // namespace sezim
