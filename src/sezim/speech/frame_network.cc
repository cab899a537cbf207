// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/frame_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr std::size_t kWindowSamples = 30 * 16'000;
constexpr std::size_t kMinSamples = 400;
constexpr std::int64_t kHopSamples = 320;
constexpr std::int64_t kMaxFramesOff = 3;
constexpr double kLeastVariance = 1e-5;  // is added, as PyTorch's layer_norm does

constexpr const char* kRemedy =
    "use one that takes samples [1, -1] and gives frames [1, -1, D], 50 a second, all outputs of one D";

Tensor Normalised(std::span<const float> samples) {
  double sum = 0, squares = 0;
  for (const float sample : samples) sum += sample;
  const double mean = sum / static_cast<double>(samples.size());
  for (const float sample : samples) squares += (sample - mean) * (sample - mean);
  const double scale = 1 / std::sqrt(squares / static_cast<double>(samples.size()) + kLeastVariance);
  Tensor input{.shape = {1, static_cast<std::int64_t>(samples.size())}, .values = {}};
  input.values.reserve(samples.size());
  for (const float sample : samples) input.values.push_back(static_cast<float>((sample - mean) * scale));
  return input;
}

Model RequireInterface(const Model& model) {
  const ModelCard& card = model.card;
  const auto is_layer = [&](const TensorCard& output) {
    return output.shape.size() == 3 && output.shape[1] == -1 && output.shape[2] > 0 &&
           output.shape[2] == card.outputs[0].shape[2];
  };
  const bool fits = card.task == "speech-frames" && card.inputs.size() == 1 && card.inputs[0].shape.size() == 2 &&
                    card.inputs[0].shape[1] == -1 && std::all_of(card.outputs.begin(), card.outputs.end(), is_layer);
  if (!fits) {
    throw Error(ErrorKind::kModel,
                "the model '" + card.name + "' has another interface than the task speech-frames demands", kRemedy);
  }
  return model;
}

}  // namespace

FrameNetwork::FrameNetwork(const Model& model)
    : session_(RequireInterface(model)), dim_(static_cast<int>(model.card.outputs[0].shape[2])) {}

std::vector<FeatureMatrix> FrameNetwork::Layers(std::span<const float> samples, int first, int last) const {
  Check(first >= 0 && first <= last && last < num_layers(), "layers that the representation has");
  std::vector<FeatureMatrix> layers(static_cast<std::size_t>(last - first + 1));
  for (FeatureMatrix& layer : layers) layer.dim = dim_;
  while (samples.size() >= kMinSamples) {
    const auto window = samples.first(std::min(kWindowSamples, samples.size()));
    samples = samples.subspan(window.size());
    const Tensor input = Normalised(window);
    const std::vector<Tensor> outputs = session_.Run(std::span(&input, 1));
    const std::int64_t expected = static_cast<std::int64_t>(window.size()) / kHopSamples;
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const Tensor& output = outputs[i + static_cast<std::size_t>(first)];
      if (output.shape[0] != 1 || std::abs(output.shape[1] - expected) > kMaxFramesOff) {
        throw Error(ErrorKind::kModel,
                    fmt::format("the model '{}' gives {} frames for {} samples, expected about {}", name(),
                                output.shape[1], window.size(), expected),
                    kRemedy);
      }
      layers[i].num_frames += output.shape[1];
      layers[i].values.insert(layers[i].values.end(), output.values.begin(), output.values.end());
    }
  }
  return layers;
}

}  // namespace sezim
