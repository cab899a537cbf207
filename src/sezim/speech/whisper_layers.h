// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "sezim/infer/onnx_session.h"
#include "sezim/speech/representation.h"

namespace sezim {

// What the encoder of Whisper makes of speech, 50 frames a second, of a model of task "speech-layers": layer 0 are its
// convolutions with the positions, layer i its block i; the last one is normalised, for the decoder. Sounds are not
// padded to 30 s; longer ones go through in windows of 30 s.
class WhisperLayers : public Representation {
 public:
  // Throws Error (kModel) if the model has another interface than "whisper-base".
  explicit WhisperLayers(Model model);

  const std::string& name() const override { return model_.card.name; }
  const std::string& sha256() const override { return model_.card.sha256; }
  int num_layers() const override { return static_cast<int>(model_.card.outputs.size()); }
  int dim() const override { return dim_; }
  double hop_s() const override { return 0.02; }
  std::vector<FeatureMatrix> Layers(std::span<const float> samples, int first, int last) const override;

 private:
  std::shared_ptr<const OnnxSession> UpTo(int last) const;

  Model model_;
  int dim_ = 0;
  int num_bands_ = 0;
  mutable std::mutex mutex_;
  mutable std::map<int, std::shared_ptr<const OnnxSession>> sessions_;  // by the last layer that they compute
};

}  // namespace sezim
