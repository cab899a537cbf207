// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/face_network.h"

#include <fmt/format.h>

#include <utility>

#include "sezim/base/error.h"
#include "sezim/vision/blaze_face.h"
#include "sezim/vision/yunet.h"

namespace sezim {

void FaceNetworkOptions::Check() const {
  OptionChecks checks("face network");
  checks.Require(min_score > 0 && min_score < 1,
                 fmt::format("min_score must lie between 0 and 1, not at {}", min_score));
  checks.ThrowIfAny();
}

std::unique_ptr<FaceDetector> MakeFaceDetector(std::shared_ptr<const OnnxSession> network,
                                               const FaceNetworkOptions& options) {
  if (YuNetDetector::Fits(network->card())) return std::make_unique<YuNetDetector>(std::move(network), options);
  return std::make_unique<BlazeFaceDetector>(std::move(network), options);
}

}  // namespace sezim
