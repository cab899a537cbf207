// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/whisper_mel.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "sezim/features/mel_power.h"

namespace sezim {
namespace {

constexpr std::size_t kMirrored = 200;  // half a window
// Frames of MelPower that the mirrored samples, filled up to whole hops, put in front.
constexpr std::int64_t kFramesBefore = 2;
constexpr float kLeastPower = 1e-10F;
constexpr float kRange = 8;

}  // namespace

FeatureMatrix WhisperMel(std::span<const float> samples, int num_bands) {
  FeatureMatrix mel{.num_frames = 0, .dim = num_bands, .values = {}};
  if (samples.empty()) return mel;
  std::vector<float> sound(kFramesBefore * kWhisperHopSamples, 0.0F);
  for (std::size_t i = 1; i <= std::min(kMirrored, samples.size() - 1); ++i) sound[sound.size() - i] = samples[i];
  sound.insert(sound.end(), samples.begin(), samples.end());

  const MelFrames power = MelPower(sound, {.hop_samples = kWhisperHopSamples, .num_bands = num_bands});
  mel.num_frames = (static_cast<std::int64_t>(samples.size()) + kWhisperHopSamples - 1) / kWhisperHopSamples;
  const auto first = power.power.begin() + kFramesBefore * num_bands;
  mel.values.assign(first, first + mel.num_frames * num_bands);
  for (float& value : mel.values) value = std::log10(std::max(value, kLeastPower));
  const float least = *std::max_element(mel.values.begin(), mel.values.end()) - kRange;
  for (float& value : mel.values) value = (std::max(value, least) + 4) / 4;
  return mel;
}

}  // namespace sezim
