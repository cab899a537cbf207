// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sezim/infer/onnx_session.h"
#include "sezim/speech/representation.h"

namespace sezim {

// A network that takes the samples themselves and gives 50 frames a second, of task "speech-frames": emotion2vec (Ma et
// al. 2023, Self-supervised pre-training for speech emotion representation), data2vec, HuBERT, wav2vec 2.0. The samples
// are brought to mean 0 and variance 1, in windows of 30 s. Each output of the network is a layer.
class FrameNetwork : public Representation {
 public:
  // Throws Error (kModel) if the model has another interface.
  explicit FrameNetwork(const Model& model);

  const std::string& name() const override { return session_.card().name; }
  const std::string& sha256() const override { return session_.card().sha256; }
  int num_layers() const override { return static_cast<int>(session_.card().outputs.size()); }
  int dim() const override { return dim_; }
  double hop_s() const override { return 0.02; }

  // Gives as many frames as the network does; a window of less than 25 ms gives none. Throws Error (kModel) if they are
  // not one for each 20 ms, but for the three at the edges.
  std::vector<FeatureMatrix> Layers(std::span<const float> samples, int first, int last) const override;

 private:
  OnnxSession session_;
  int dim_ = 0;
};

}  // namespace sezim
