// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/voice_print.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sezim/base/error.h"
#include "sezim/speech/ge2e_mel.h"
#include "sezim/speech/overlap_weights.h"

namespace sezim {
namespace {

// Note [Two voices at once]
// GE2E was trained on single voices, and the states of its second layer, on their way to telling whose voice it is, do
// something else when there are two. A logistic regression on their mean hears it: models/overlap/train_overlap.py. It
// is linear in the states, so where two speak for a part of the time, or one after the other, it says what lies
// between.

constexpr std::int64_t kPieceFrames = 160;
constexpr std::int64_t kStepFrames = 160;
constexpr std::size_t kMinSamples = 1600;
constexpr std::size_t kPiecesAtOnce = 16;
constexpr std::size_t kStates = 2;  // the output with the second layer's states, of every frame
constexpr std::int64_t kNumStates = kOverlapWeights.size();

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
                    card.outputs[0].shape == std::vector<std::int64_t>{-1, 256} &&
                    (card.outputs.size() < kStates + 1 ||
                     card.outputs[kStates].shape == std::vector<std::int64_t>{-1, -1, kNumStates});
  if (!fits) {
    throw Error(ErrorKind::kModel, "the model '" + card.name + "' does not tell voices as sezim asks it to",
                "use one of task speaker-embedding with the interface of ge2e");
  }
}

HeardVoice VoicePrinter::Hear(std::span<const std::int16_t> samples) const {
  std::vector<float> sound;
  sound.reserve(samples.size());
  for (const std::int16_t sample : samples) sound.push_back(static_cast<float>(sample) / 32768);
  return Hear(sound);
}

HeardVoice VoicePrinter::Hear(std::span<const float> samples) const {
  if (samples.size() < kMinSamples) return {};
  const MelFrames frames = Ge2eMel(samples);
  const std::int64_t length = std::min(kPieceFrames, frames.num_frames);
  const std::int64_t spare = frames.num_frames - length;
  const std::int64_t num_pieces = (spare + kStepFrames - 1) / kStepFrames + 1;
  HeardVoice heard{.print = std::vector<float>(256, 0)};
  double weighted = 0;            // the sum over all frames
  std::int64_t num_weighted = 0;  // 0 where the network does not tell its states
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
    const std::vector<Tensor> outputs = network_->Run(std::span(&mel, 1));
    const std::vector<float>& embedding = outputs.front().values;
    for (std::size_t i = 0; i < embedding.size(); ++i) heard.print[i % heard.print.size()] += embedding[i];
    if (outputs.size() <= kStates) continue;
    const std::vector<float>& states = outputs[kStates].values;
    for (auto frame = states.begin(); frame != states.end(); frame += kNumStates) {
      weighted += std::inner_product(kOverlapWeights.begin(), kOverlapWeights.end(), frame, 0.0F);
      ++num_weighted;
    }
  }
  ScaleToLengthOne(heard.print);
  if (num_weighted > 0) heard.overlap_log_odds = kOverlapBias + weighted / static_cast<double>(num_weighted);
  return heard;
}

}  // namespace sezim
