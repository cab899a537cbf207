// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/whisper_layers.h"

#include <algorithm>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/infer/onnx_cut.h"
#include "sezim/speech/whisper_mel.h"

namespace sezim {
namespace {

constexpr std::size_t kWindowSamples = 30 * 16'000;

// Band by band, as the network takes it.
Tensor InputOf(const FeatureMatrix& mel) {
  Tensor input{.shape = {1, mel.dim, mel.num_frames}, .values = {}};
  input.values.reserve(mel.values.size());
  for (int band = 0; band < mel.dim; ++band) {
    for (std::int64_t i = 0; i < mel.num_frames; ++i) {
      input.values.push_back(mel.Frame(i)[static_cast<std::size_t>(band)]);
    }
  }
  return input;
}

}  // namespace

WhisperLayers::WhisperLayers(Model model) : model_(std::move(model)) {
  const ModelCard& card = model_.card;
  const auto is_layer = [&](const TensorCard& output) {
    return output.shape.size() == 3 && output.shape == card.outputs[0].shape && output.shape[2] > 0;
  };
  const bool fits = card.task == "speech-layers" && card.inputs.size() == 1 && card.inputs[0].shape.size() == 3 &&
                    (card.inputs[0].shape[1] == 80 || card.inputs[0].shape[1] == 128) &&
                    std::all_of(card.outputs.begin(), card.outputs.end(), is_layer);
  if (!fits) {
    throw Error(ErrorKind::kModel, "the model '" + card.name + "' does not give layers of speech as sezim asks it to",
                "use one of task speech-layers with the interface of whisper-base: mel [-1, 80 or 128, -1] to layers "
                "[-1, -1, D], all of one D");
  }
  num_bands_ = static_cast<int>(card.inputs[0].shape[1]);
  dim_ = static_cast<int>(card.outputs[0].shape[2]);
}

std::shared_ptr<const OnnxSession> WhisperLayers::UpTo(int last) const {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const OnnxSession>& session = sessions_[last];
  if (session == nullptr) {
    std::vector<std::string> outputs;
    for (std::size_t i = 0; i <= static_cast<std::size_t>(last); ++i) outputs.push_back(model_.card.outputs[i].name);
    session = std::make_shared<OnnxSession>(CutModel(model_, outputs));
  }
  return session;
}

std::vector<FeatureMatrix> WhisperLayers::Layers(std::span<const float> samples, int first, int last) const {
  Check(first >= 0 && first <= last && last < num_layers(), "layers that the representation has");
  const std::shared_ptr<const OnnxSession> session = UpTo(last);
  std::vector<FeatureMatrix> layers(static_cast<std::size_t>(last - first + 1));
  for (FeatureMatrix& layer : layers) layer.dim = dim_;
  while (!samples.empty()) {
    const auto window = samples.first(std::min(kWindowSamples, samples.size()));
    samples = samples.subspan(window.size());
    const Tensor input = InputOf(WhisperMel(window, num_bands_));
    const std::vector<Tensor> outputs = session->Run(std::span(&input, 1));
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const Tensor& output = outputs[i + static_cast<std::size_t>(first)];
      layers[i].num_frames += output.shape[1];
      layers[i].values.insert(layers[i].values.end(), output.values.begin(), output.values.end());
    }
  }
  return layers;
}

}  // namespace sezim
