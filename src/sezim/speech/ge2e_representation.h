// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "sezim/infer/onnx_session.h"
#include "sezim/speech/representation.h"
#include "sezim/speech/voice_print.h"

namespace sezim {

// The hidden states of GE2E's three recurrent layers, 100 frames of 256 numbers a second (Wan et al. 2018, Generalized
// end-to-end loss for speaker verification; model "ge2e"). The sound goes through as one piece, from a state of
// zeros; after 30 s it begins anew.
class Ge2eStates : public Representation {
 public:
  // Throws Error (kModel) if the model has another interface than "ge2e".
  Ge2eStates(std::string name, const Model& model);

  const std::string& name() const override { return name_; }
  const std::string& sha256() const override { return session_.card().sha256; }
  int num_layers() const override { return 3; }
  int dim() const override { return 256; }
  double hop_s() const override { return 0.01; }
  std::vector<FeatureMatrix> Layers(std::span<const float> samples, int first, int last) const override;

 private:
  std::string name_;
  OnnxSession session_;
};

// GE2E's embedding, one frame of 256 numbers for a sound of at least 0.1 s: the voice print (voice_print.h).
class Ge2eEmbedding : public Representation {
 public:
  // Throws Error (kModel) if the model has another interface than "ge2e".
  explicit Ge2eEmbedding(const Model& model);

  const std::string& name() const override { return session_->card().name; }
  const std::string& sha256() const override { return session_->card().sha256; }
  int num_layers() const override { return 1; }
  int dim() const override { return 256; }
  double hop_s() const override { return 0; }
  std::vector<FeatureMatrix> Layers(std::span<const float> samples, int first, int last) const override;

 private:
  std::shared_ptr<const OnnxSession> session_;
  VoicePrinter printer_;
};

}  // namespace sezim
