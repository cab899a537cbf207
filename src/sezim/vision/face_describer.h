// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "sezim/infer/onnx_session.h"
#include "sezim/media/grey_image.h"

namespace sezim {

// Tells whose face it is, by a network of task "face-description" (model "face-description", HSE-FaceRes). May be used
// from several threads at once.
class FaceDescriber {
 public:
  // Throws Error (kModel) if the network has another interface than the model "face-description".
  explicit FaceDescriber(std::shared_ptr<const OnnxSession> network);

  // 1024 numbers of length 1, alike for pictures of one person, of a grey face with both eyes level, as
  // FaceFollower's pictures show it. Requires full range and a picture that is not empty.
  //
  // The network was trained on colour. Of 96 grey faces of 96 x 96 pixels (GRID's speakers and the pictures that
  // packages of face recognition carry) it tells: the cosine of two pictures of one person is 0.56 to 0.95, of two
  // people 0.16 to 0.57, 0.35 in the median.
  std::vector<float> Describe(const GreyView& face) const;

 private:
  std::shared_ptr<const OnnxSession> network_;
};

}  // namespace sezim
