// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/voice_print.h"

#include <algorithm>
#include <cmath>

#include "sezim/base/error.h"
#include "sezim/speech/ge2e_mel.h"

namespace sezim {
namespace {

constexpr std::int64_t kPieceFrames = 160;
constexpr std::int64_t kStepFrames = 160;
constexpr std::size_t kMinSamples = 1600;
constexpr std::size_t kPiecesAtOnce = 16;

void ScaleToLengthOne(std::vector<float>& numbers) {
  double sum = 0;
  for (const float number : numbers) sum += double{number} * number;
  const auto length = static_cast<float>(std::sqrt(sum));
  if (length <= 0) return;
  for (float& number : numbers) number /= length;
}

}  // namespace

VoicePrinter::VoicePrinter(std::shared_ptr<const OnnxSession> network) : network_(std::move(network)) {
  const ModelCard& card = network_->card();
  const bool fits = card.task == "speaker-embedding" && card.inputs.size() == 1 && !card.outputs.empty() &&
                    card.inputs[0].shape == std::vector<std::int64_t>{-1, -1, 40} &&
                    card.outputs[0].shape == std::vector<std::int64_t>{-1, 256};
  if (!fits) {
    throw Error(ErrorKind::kModel, "the model '" + card.name + "' does not tell voices as sezim asks it to",
                "use one of task speaker-embedding with the interface of ge2e");
  }
}

std::vector<float> VoicePrinter::Print(std::span<const std::int16_t> samples) const {
  std::vector<float> sound;
  sound.reserve(samples.size());
  for (const std::int16_t sample : samples) sound.push_back(static_cast<float>(sample) / 32768);
  return Print(sound);
}

std::vector<float> VoicePrinter::Print(std::span<const float> samples) const {
  if (samples.size() < kMinSamples) return {};
  const MelFrames frames = Ge2eMel(samples);
  const std::int64_t length = std::min(kPieceFrames, frames.num_frames);
  const std::int64_t spare = frames.num_frames - length;
  const std::int64_t num_pieces = (spare + kStepFrames - 1) / kStepFrames + 1;
  std::vector<float> print(256, 0);
  for (std::int64_t first = 0; first < num_pieces; first += kPiecesAtOnce) {
    const std::int64_t count = std::min<std::int64_t>(kPiecesAtOnce, num_pieces - first);
    Tensor mel{.shape = {count, length, frames.num_bands}, .values = {}};
    for (std::int64_t piece = first; piece < first + count; ++piece) {
      const std::int64_t start = num_pieces > 1 ? (2 * piece * spare + num_pieces - 1) / (2 * (num_pieces - 1)) : 0;
      for (std::int64_t i = start; i < start + length; ++i) {
        const std::span<const float> frame = frames.Frame(i);
        mel.values.insert(mel.values.end(), frame.begin(), frame.end());
      }
    }
    const Tensor embedding = network_->Run(std::span(&mel, 1)).front();
    for (std::size_t i = 0; i < embedding.values.size(); ++i) print[i % print.size()] += embedding.values[i];
  }
  ScaleToLengthOne(print);
  return print;
}

}  // namespace sezim
