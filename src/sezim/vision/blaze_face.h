// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "sezim/infer/onnx_session.h"
#include "sezim/vision/face_detector.h"
#include "sezim/vision/face_network.h"

namespace sezim {

// BlazeFace (Bazarevsky et al. 2019, arXiv:1907.05047; models "blazeface-short" and "blazeface-back") on the luma
// alone, which is shown to it as a grey picture. Tells eyes, nose and mouth. The session may be shared.
class BlazeFaceDetector : public FaceDetector {
 public:
  // Throws Error: kUsage for the options, kModel for a network of another interface.
  BlazeFaceDetector(std::shared_ptr<const OnnxSession> network, const FaceNetworkOptions& options);

  std::vector<DetectedFace> Detect(const GreyView& picture) override;

 private:
  std::shared_ptr<const OnnxSession> network_;
  FaceNetworkOptions options_;
  int side_ = 0;  // of the network's square input, pixels
  std::array<float, 256> input_of_full_range_{};
  std::array<float, 256> input_of_limited_range_{};
};

}  // namespace sezim
