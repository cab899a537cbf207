// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "sezim/media/grey_image.h"
#include "sezim/vision/face.h"
#include "sezim/vision/letterbox.h"

namespace sezim {

// What one place of a face network's grid says, in pixels of its input.
struct FaceProposal {
  // Centre of the face x, y; its width, height; then x, y of the left eye, the right eye (the picture's left and
  // right), the nose, and the middle of the mouth.
  static constexpr std::size_t kNumNumbers = 12;

  float score = 0;
  std::array<float, kNumNumbers> numbers{};
};

// One proposal for each face: each group of those that overlap the best of them by more than 0.3 (intersection over
// union) becomes their mean, weighted by score, with the best one's score. Ordered by score, at most 100. A box without
// a positive size, or with a number that is not finite, is none.
std::vector<FaceProposal> MergeProposals(std::vector<FaceProposal> proposals);

// The faces in `picture`, which was shown to the network as `letterbox`; boxes are cut at the picture's edges, and what
// lies outside it is left away.
std::vector<DetectedFace> FacesOf(const std::vector<FaceProposal>& merged, const Letterbox& letterbox,
                                  const GreyView& picture);

}  // namespace sezim
