// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "sezim/infer/onnx_session.h"
#include "sezim/speech/representation.h"

namespace sezim {

// A network that gives one frame for a sound. A sound of less than 1 s is repeated until it has that; one that is
// longer than the network is used to is cut into equal pieces, whose frames are averaged. An empty sound gives no
// frame.
class ClipNetwork : public Representation {
 public:
  const std::string& name() const override { return session_.card().name; }
  const std::string& sha256() const override { return session_.card().sha256; }
  int num_layers() const override { return 1; }
  int dim() const override { return dim_; }
  double hop_s() const override { return 0; }
  std::vector<FeatureMatrix> Layers(std::span<const float> samples, int first, int last) const override;

 protected:
  ClipNetwork(const Model& model, std::size_t max_samples);

  // What the network takes of one piece of sound.
  virtual Tensor InputOf(std::span<const float> samples) const = 0;

  const ModelCard& card() const { return session_.card(); }

 private:
  OnnxSession session_;
  std::size_t max_samples_;
  int dim_;
};

// VGGVox (Nagrani et al. 2017): "spectrogram" [1, 1, 512, T] (features/spectrogram_features.h), or [1, T, 512] of one
// that was trained here, to [1, D], in the publication the 1024 numbers of fc7; task "speaker-spectrogram". Pieces of
// at most 10 s.
class SpectrogramNetwork final : public ClipNetwork {
 public:
  explicit SpectrogramNetwork(const Model& model);  // throws Error (kModel) if the model has another interface

 private:
  Tensor InputOf(std::span<const float> samples) const override;
};

// x-vectors (Snyder et al. 2018, X-vectors: robust DNN embeddings for speaker recognition) and their kin: mel bands [1,
// T, B] (features/kaldi_fbank.h), each less its mean over the piece, to [1, D]; task "speaker-fbank". Pieces of at most
// 30 s.
class FbankNetwork final : public ClipNetwork {
 public:
  explicit FbankNetwork(const Model& model);  // throws Error (kModel) if the model has another interface

 private:
  Tensor InputOf(std::span<const float> samples) const override;
};

}  // namespace sezim
