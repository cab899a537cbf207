// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "sezim/infer/model_card.h"
#include "sezim/infer/onnx_session.h"
#include "sezim/vision/face_detector.h"
#include "sezim/vision/face_network.h"

namespace sezim {

// YuNet (Wu, Peng and Yu 2023, Machine Intelligence Research 20, 656-665; models "yunet" and others of its interface)
// on the luma alone, which is shown to it as a grey picture. Tells eyes, nose and mouth, whose middle is taken between
// its corners. The session may be shared.
//
// A network of free size is shown pictures whose longer side is kLongerSide pixels; one of a fixed size, pictures of
// that.
class YuNetDetector : public FaceDetector {
 public:
  static constexpr int kLongerSide = 320;

  // Throws Error: kUsage for the options, kModel for a network of another interface.
  YuNetDetector(std::shared_ptr<const OnnxSession> network, const FaceNetworkOptions& options);

  // Throws Error (kModel) if the network's outputs are not as many as its card promises.
  std::vector<DetectedFace> Detect(const GreyView& picture) override;

  // Whether `card` describes a YuNet.
  static bool Fits(const ModelCard& card);

 private:
  std::shared_ptr<const OnnxSession> network_;
  FaceNetworkOptions options_;
  std::array<float, 256> input_of_limited_range_{};
};

}  // namespace sezim
