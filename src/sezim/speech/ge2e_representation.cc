// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/ge2e_representation.h"

#include <algorithm>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/infer/onnx_cut.h"
#include "sezim/speech/ge2e_mel.h"

namespace sezim {
namespace {

constexpr std::size_t kWindowSamples = 30 * 16'000;
constexpr std::size_t kHopSamples = 160;

const std::vector<std::string> kStates = {"layer1", "layer2", "layer3"};

bool HasStates(const ModelCard& card) {
  const auto is_state = [&](const std::string& name) {
    return std::any_of(card.outputs.begin(), card.outputs.end(), [&](const TensorCard& output) {
      return output.name == name && output.shape == std::vector<std::int64_t>{-1, -1, 256};
    });
  };
  return card.task == "speaker-embedding" && card.inputs.size() == 1 &&
         card.inputs[0].shape == std::vector<std::int64_t>{-1, -1, 40} &&
         std::all_of(kStates.begin(), kStates.end(), is_state);
}

Model StatesOf(const Model& model) {
  if (!HasStates(model.card)) {
    throw Error(ErrorKind::kModel, "the model '" + model.card.name + "' does not show its states as sezim asks it to",
                "use one of task speaker-embedding with the interface of ge2e");
  }
  return CutModel(model, kStates);
}

}  // namespace

Ge2eStates::Ge2eStates(std::string name, const Model& model) : name_(std::move(name)), session_(StatesOf(model)) {}

std::vector<FeatureMatrix> Ge2eStates::Layers(std::span<const float> samples, int first, int last) const {
  Check(first >= 0 && first <= last && last < num_layers(), "layers that the representation has");
  std::vector<FeatureMatrix> layers(static_cast<std::size_t>(last - first + 1));
  for (FeatureMatrix& layer : layers) layer.dim = dim();
  while (!samples.empty()) {
    const auto window = samples.first(std::min(kWindowSamples, samples.size()));
    samples = samples.subspan(window.size());
    MelFrames mel = Ge2eMel(window);
    // The frame behind the last hop is the first one of a window that follows.
    if (window.size() % kHopSamples == 0) --mel.num_frames;
    mel.power.resize(static_cast<std::size_t>(mel.num_frames * mel.num_bands));
    const Tensor input{.shape = {1, mel.num_frames, mel.num_bands}, .values = std::move(mel.power)};
    const std::vector<Tensor> outputs = session_.Run(std::span(&input, 1));
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const std::vector<float>& values = outputs[i + static_cast<std::size_t>(first)].values;
      layers[i].num_frames += mel.num_frames;
      layers[i].values.insert(layers[i].values.end(), values.begin(), values.end());
    }
  }
  return layers;
}

Ge2eEmbedding::Ge2eEmbedding(const Model& model) : session_(std::make_shared<OnnxSession>(model)), printer_(session_) {}

std::vector<FeatureMatrix> Ge2eEmbedding::Layers(std::span<const float> samples, int first, int last) const {
  Check(first == 0 && last == 0, "layers that the representation has");
  FeatureMatrix print{.num_frames = 0, .dim = dim(), .values = printer_.Print(samples)};
  print.num_frames = print.values.empty() ? 0 : 1;
  return {std::move(print)};
}

}  // namespace sezim
