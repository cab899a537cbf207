// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sezim/emotion/feature_part.h"
#include "sezim/speech/representation.h"

namespace sezim {

// Layers of a representation as frames of a feature set. Its options (docs/formats/feature-set.md):
//   layers   "3", or "2-5" for those from 2 to 5; all by default
//   combine  "mean" of the layers (default), or "join", the numbers of one layer behind those of another
class RepresentationFrames final : public FrameSource {
 public:
  // Throws Error (kUsage) for a wrong option or another sample rate than 16 kHz.
  RepresentationFrames(std::unique_ptr<const Representation> representation, const FeatureOptions& options,
                       double sample_rate_hz);

  int dim() const override;
  std::vector<std::string> names() const override;
  double hop_s() const override { return representation_->hop_s(); }
  std::string digest() const override { return representation_->name() + " " + representation_->sha256(); }
  FeatureMatrix Frames(std::span<const float> samples) const override;

 private:
  std::unique_ptr<const Representation> representation_;
  int first_ = 0, last_ = 0;
  bool joins_ = false;
};

}  // namespace sezim
