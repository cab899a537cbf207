// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/closer_look.h"

#include <algorithm>
#include <cstddef>

namespace sezim {
namespace {

constexpr std::size_t kMaxFaces = 8;  // of a picture, the largest: of a crowd nobody is followed
constexpr int kSmallShare = 5;        // a face is small if the picture's longer side is more than 5 times its width
constexpr int kPartShare = 2;         // and the part is twice as wide as the face
constexpr double kMinOverlap = 0.3;   // of what both detectors see of one face

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

std::vector<DetectedFace> CloserLook::Detect(const GreyView& picture) {
  std::vector<DetectedFace> faces = detector_.Detect(picture);
  std::stable_sort(faces.begin(), faces.end(),
                   [](const DetectedFace& a, const DetectedFace& b) { return a.box.width > b.box.width; });
  for (std::size_t i = 0; i < std::min(kMaxFaces, faces.size()); ++i) {
    if (faces[i].box.width * kSmallShare < std::max(picture.width, picture.height)) LookAt(picture, faces[i]);
  }
  return faces;
}

void CloserLook::LookAt(const GreyView& picture, DetectedFace& face) {
  const FaceBox part = PartAround(face.box, picture);
  if (part.width <= 0 || part.height <= 0) return;
  const GreyView view{picture.data + part.y * picture.stride + part.x, part.width, part.height, picture.stride,
                      picture.limited_range};
  double overlap = kMinOverlap;
  DetectedFace best = face;
  for (DetectedFace& seen : closer_.Detect(view)) {
    seen.box.x += part.x;
    seen.box.y += part.y;
    const double of_both = IntersectionOverUnion(seen.box, face.box);
    if (!seen.points || of_both < overlap) continue;
    for (Point* point : {&seen.points->left_eye, &seen.points->right_eye, &seen.points->nose, &seen.points->mouth}) {
      Move(*point, part);
    }
    overlap = of_both;
    best.box = seen.box;
    best.points = seen.points;
  }
  face = best;
}

}  // namespace sezim
