// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sezim/vision/face_detector.h"

namespace sezim {

// Of a picture, the largest: in a crowd nobody can be told to speak.
inline constexpr std::size_t kMaxFollowedFaces = 8;

// Whether the picture's longer side is more than three times as wide as the face.
bool IsSmall(const FaceBox& face, const GreyView& picture);

// The face at `box` as `detector` sees it in a part of the picture cut out around it, twice as wide as the box; nothing
// if it sees none with points there that overlaps the box by 0.3.
std::optional<DetectedFace> DetectNear(FaceDetector& detector, const GreyView& picture, const FaceBox& box);

// A detector that looks once more at each small face, in a part of the picture cut out around it: the points of a face
// that is a few pixels wide in what a network makes of the whole picture are unsteady. Not thread-safe.
class CloserLook : public FaceDetector {
 public:
  // Faces that are `detector`'s keep their score, and get box and points from `closer`, which may be the same object,
  // if it sees them too. Both must outlive this.
  CloserLook(FaceDetector& detector, FaceDetector& closer) : detector_(detector), closer_(closer) {}

  std::vector<DetectedFace> Detect(const GreyView& picture) override;

 private:
  FaceDetector& detector_;
  FaceDetector& closer_;
};

}  // namespace sezim
