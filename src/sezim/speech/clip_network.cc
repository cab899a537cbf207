// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/clip_network.h"

#include <algorithm>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/features/kaldi_fbank.h"
#include "sezim/features/spectrogram_features.h"

namespace sezim {
namespace {

constexpr std::size_t kMinSamples = 16'000;
constexpr std::size_t kMaxSpectrogram = 10 * 16'000;
constexpr std::size_t kMaxFbank = 30 * 16'000;
constexpr int kSpectrogramBins = 512;
constexpr std::int64_t kMinBands = 8, kMaxBands = 128;

// One input, one output [1, D], the task that is asked for.
bool IsClipNetwork(const ModelCard& card, const char* task, std::size_t input_rank) {
  return card.task == task && card.inputs.size() == 1 && card.inputs[0].shape.size() == input_rank &&
         card.outputs.size() == 1 && card.outputs[0].shape.size() == 2 && card.outputs[0].shape[1] > 0;
}

[[noreturn]] void RefuseInterface(const ModelCard& card, const char* task, const char* remedy) {
  throw Error(ErrorKind::kModel,
              "the model '" + card.name + "' has another interface than the task " + task + " demands", remedy);
}

// As a picture of one channel, as its authors have it.
bool TakesPictures(const ModelCard& card) {
  return IsClipNetwork(card, "speaker-spectrogram", 4) && card.inputs[0].shape[1] == 1 &&
         card.inputs[0].shape[2] == kSpectrogramBins && card.inputs[0].shape[3] == -1;
}

// Frame by frame, as what `sezim train` makes.
bool TakesFrames(const ModelCard& card) {
  return IsClipNetwork(card, "speaker-spectrogram", 3) && card.inputs[0].shape[1] == -1 &&
         card.inputs[0].shape[2] == kSpectrogramBins;
}

const Model& RequireSpectrogram(const Model& model) {
  if (!TakesPictures(model.card) && !TakesFrames(model.card)) {
    RefuseInterface(model.card, "speaker-spectrogram",
                    "use one that takes spectrograms [1, 1, 512, -1], as VGGVox does, or [1, -1, 512], as one that "
                    "sezim trained, and gives embeddings [1, D]");
  }
  return model;
}

const Model& RequireFbank(const Model& model) {
  const ModelCard& card = model.card;
  if (!IsClipNetwork(card, "speaker-fbank", 3) || card.inputs[0].shape[1] != -1 ||
      card.inputs[0].shape[2] < kMinBands || card.inputs[0].shape[2] > kMaxBands) {
    RefuseInterface(card, "speaker-fbank",
                    "use one that takes mel bands [1, -1, B], B from 8 to 128, and gives embeddings [1, D]");
  }
  return model;
}

}  // namespace

ClipNetwork::ClipNetwork(const Model& model, std::size_t max_samples)
    : session_(model), max_samples_(max_samples), dim_(static_cast<int>(model.card.outputs[0].shape[1])) {}

std::vector<FeatureMatrix> ClipNetwork::Layers(std::span<const float> samples, int first, int last) const {
  Check(first == 0 && last == 0, "layers that the representation has");
  FeatureMatrix clip{.num_frames = 0, .dim = dim_, .values = {}};
  if (samples.empty()) return {clip};
  std::vector<float> repeated;
  if (samples.size() < kMinSamples) {
    while (repeated.size() < kMinSamples) repeated.push_back(samples[repeated.size() % samples.size()]);
    samples = repeated;
  }
  const std::size_t num_pieces = (samples.size() + max_samples_ - 1) / max_samples_;
  clip.num_frames = 1;
  clip.values.assign(static_cast<std::size_t>(dim_), 0.0F);
  for (std::size_t i = 0; i < num_pieces; ++i) {
    const std::size_t from = samples.size() * i / num_pieces, to = samples.size() * (i + 1) / num_pieces;
    const Tensor input = InputOf(samples.subspan(from, to - from));
    const Tensor output = session_.Run(std::span(&input, 1)).front();
    if (output.values.size() != clip.values.size()) {
      throw Error(ErrorKind::kModel, "the model '" + name() + "' gives more than one embedding for one sound",
                  "use one that gives [1, D]");
    }
    for (std::size_t k = 0; k < output.values.size(); ++k) {
      clip.values[k] += output.values[k] / static_cast<float>(num_pieces);
    }
  }
  return {std::move(clip)};
}

SpectrogramNetwork::SpectrogramNetwork(const Model& model) : ClipNetwork(RequireSpectrogram(model), kMaxSpectrogram) {}

Tensor SpectrogramNetwork::InputOf(std::span<const float> samples) const {
  SpectrogramFeatures spectrogram({});
  FeatureMatrix frames = ExtractAll(spectrogram, samples);
  if (TakesFrames(card())) {
    return {.shape = {1, frames.num_frames, frames.dim}, .values = std::move(frames.values)};
  }
  Tensor input{.shape = {1, 1, frames.dim, frames.num_frames}, .values = {}};
  input.values.reserve(frames.values.size());
  for (std::size_t bin = 0; bin < static_cast<std::size_t>(frames.dim); ++bin) {
    for (std::int64_t i = 0; i < frames.num_frames; ++i) input.values.push_back(frames.Frame(i)[bin]);
  }
  return input;
}

FbankNetwork::FbankNetwork(const Model& model) : ClipNetwork(RequireFbank(model), kMaxFbank) {}

Tensor FbankNetwork::InputOf(std::span<const float> samples) const {
  FeatureMatrix frames = KaldiFbank(samples, static_cast<int>(card().inputs[0].shape[2]));
  const auto dim = static_cast<std::size_t>(frames.dim);
  std::vector<double> means(dim, 0);
  for (std::size_t i = 0; i < frames.values.size(); ++i) means[i % dim] += static_cast<double>(frames.values[i]);
  for (std::size_t i = 0; i < frames.values.size(); ++i) {
    frames.values[i] -= static_cast<float>(means[i % dim] / static_cast<double>(frames.num_frames));
  }
  return {.shape = {1, frames.num_frames, frames.dim}, .values = std::move(frames.values)};
}

}  // namespace sezim
