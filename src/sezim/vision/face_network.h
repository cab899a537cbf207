// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sezim/infer/onnx_session.h"
#include "sezim/vision/face_detector.h"

namespace sezim {

// Of any network that finds faces.
struct FaceNetworkOptions {
  double min_score = 0.5;  // probability below which a face is none

  void Check() const;  // throws Error (kUsage)
};

// The detector that runs `network`: BlazeFace or YuNet, whichever's interface its card describes. The session may be
// shared. Throws Error: kUsage for the options, kModel for a network of another interface.
std::unique_ptr<FaceDetector> MakeFaceDetector(std::shared_ptr<const OnnxSession> network,
                                               const FaceNetworkOptions& options);

}  // namespace sezim
