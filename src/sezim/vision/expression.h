// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sezim/base/emotion.h"
#include "sezim/infer/onnx_session.h"
#include "sezim/media/grey_image.h"
#include "sezim/vision/face_detector.h"

namespace sezim {

inline constexpr int kFaceSide = 64;  // pixels

// A face as the expression networks take it: 64 x 64, rows from the top, full range (black 0, white 255).
using FaceCrop = std::array<std::uint8_t, std::size_t{kFaceSide} * kFaceSide>;

// The part `box` of `picture`, scaled to 64 x 64 by bilinear interpolation, or by averaging where it shrinks to less
// than half, so that fine detail does not alias. Requires the box to lie inside the picture and not to be empty.
FaceCrop CropFace(const GreyView& picture, const FaceBox& box);

// Seven-class facial expression by a network of task "expression" (models "mini-xception", "big-xception").
// May be used from several threads at once.
class ExpressionRecognizer {
 public:
  // Throws Error (kModel) if the network has another interface, or labels that are not the seven emotions.
  explicit ExpressionRecognizer(std::shared_ptr<const OnnxSession> network);

  // Probabilities for each face, in order. Faces go through the network in batches of up to 32, always cut alike.
  std::vector<EmotionScores> Recognize(std::span<const FaceCrop> faces) const;

 private:
  std::shared_ptr<const OnnxSession> network_;
  std::array<Emotion, kNumEmotions> labels_{};  // in the order of the network's output
  std::array<float, 256> input_of_pixel_{};     // as the card asks
};

// The mean of what several networks say of each face, in order. Requires at least one.
std::vector<EmotionScores> RecognizeTogether(std::span<const ExpressionRecognizer> networks,
                                             std::span<const FaceCrop> faces);

}  // namespace sezim
