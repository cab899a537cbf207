// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/closer_look.h"

#include <algorithm>

namespace sezim {
namespace {

constexpr int kSmallShare = 3;
constexpr int kPartShare = 2;
constexpr double kMinOverlap = 0.3;

// The square around the face, as far as it lies in the picture.
FaceBox PartAround(const FaceBox& box, const GreyView& picture) {
  const int side = kPartShare * std::max(box.width, box.height);
  const int left = std::clamp(box.x + box.width / 2 - side / 2, 0, std::max(0, picture.width - side));
  const int top = std::clamp(box.y + box.height / 2 - side / 2, 0, std::max(0, picture.height - side));
  return {left, top, std::min(side, picture.width), std::min(side, picture.height)};
}

void Move(Point& point, const FaceBox& part) {
  point.x += static_cast<float>(part.x);
  point.y += static_cast<float>(part.y);
}

}  // namespace

bool IsSmall(const FaceBox& face, const GreyView& picture) {
  return face.width * kSmallShare < std::max(picture.width, picture.height);
}

std::optional<DetectedFace> DetectNear(FaceDetector& detector, const GreyView& picture, const FaceBox& box) {
  const FaceBox part = PartAround(box, picture);
  if (part.width <= 0 || part.height <= 0) return std::nullopt;
  const GreyView view{picture.data + part.y * picture.stride + part.x, part.width, part.height, picture.stride,
                      picture.limited_range};
  double overlap = kMinOverlap;
  std::optional<DetectedFace> nearest;
  for (DetectedFace& face : detector.Detect(view)) {
    face.box.x += part.x;
    face.box.y += part.y;
    const double of_both = IntersectionOverUnion(face.box, box);
    if (!face.points || of_both < overlap) continue;
    for (Point* point : {&face.points->left_eye, &face.points->right_eye, &face.points->nose, &face.points->mouth}) {
      Move(*point, part);
    }
    overlap = of_both;
    nearest = face;
  }
  return nearest;
}

std::vector<DetectedFace> CloserLook::Detect(const GreyView& picture) {
  std::vector<DetectedFace> faces = detector_.Detect(picture);
  std::stable_sort(faces.begin(), faces.end(),
                   [](const DetectedFace& a, const DetectedFace& b) { return a.box.width > b.box.width; });
  for (std::size_t i = 0; i < std::min(kMaxFollowedFaces, faces.size()); ++i) {
    if (!IsSmall(faces[i].box, picture)) continue;
    if (const auto closer = DetectNear(closer_, picture, faces[i].box)) {
      faces[i].box = closer->box;
      faces[i].points = closer->points;
    }
  }
  return faces;
}

}  // namespace sezim
