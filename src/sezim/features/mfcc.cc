// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/mfcc.h"

#include <algorithm>

#include "sezim/features/mfcc_features.h"

namespace sezim {

std::vector<float> Mfcc(std::span<const std::int16_t> samples, std::int64_t num_frames) {
  MfccOptions options = MfccOptions::Of(MfccMode::kHtk);
  options.window = WindowShape::kRectangular;
  options.level = MfccLevel::kLogEnergy;
  options.edges = FrameEdges::kWhole;
  options.delta_frames = 0;
  // The pre-emphasis ends with the sound: it must not take anything from the silence behind.
  const auto emphasis = static_cast<float>(options.pre_emphasis);
  options.pre_emphasis = 0;
  std::vector<float> sound;
  sound.reserve(samples.size());
  float before = 0;
  for (const std::int16_t sample : samples) {
    const float now = static_cast<float>(sample) / 32'768;
    sound.push_back(now - emphasis * before);
    before = now;
  }
  const auto wanted = static_cast<std::size_t>(num_frames * kMfccHopSamples + options.window_samples());
  sound.resize(std::max(wanted, sound.size()));
  MfccFeatures features(options);
  FeatureMatrix frames = ExtractAll(features, sound);
  frames.values.resize(static_cast<std::size_t>(num_frames * kNumMfcc));
  return std::move(frames.values);
}

}  // namespace sezim
