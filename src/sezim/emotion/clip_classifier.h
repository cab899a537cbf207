// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>

#include "sezim/features/feature_matrix.h"
#include "sezim/infer/onnx_session.h"

namespace sezim {

// A classifier of clips as ONNX Runtime runs it: one input [N, D] of vectors or [N, T, D] of frames, one output
// "logits" [N, classes]. Safe to use from several threads.
class ClipClassifier {
 public:
  // `input`: "features", "vectors" (one row a clip) or "frames". Throws Error (kModel).
  ClipClassifier(std::string weights, const std::string& input, int dim, int num_classes, const std::string& name);

  // The logits of one clip: one row of features, or its frames. Throws Error (kModel).
  std::vector<float> Logits(const FeatureMatrix& clip) const;

 private:
  bool takes_frames_;
  OnnxSession session_;
};

}  // namespace sezim
