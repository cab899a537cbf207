// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sezim {

struct MelPowerOptions {
  double sample_rate_hz = 16'000;
  int window_samples = 400;  // a periodic Hann window, as long as the transform
  int hop_samples = 160;
  int num_bands = 40;  // from 0 Hz to half the sample rate
};

// Frames of a sound, row-major: num_frames x num_bands.
struct MelFrames {
  std::int64_t num_frames = 0;
  int num_bands = 0;
  std::vector<float> power{};

  std::span<const float> Frame(std::int64_t index) const;
};

// Power in mel bands without a logarithm, as librosa.feature.melspectrogram gives it by default: frame i is centred at
// sample i * hop_samples, with silence before and after the sound; squared magnitudes, triangles of area 1 on Slaney's
// mel scale (linear below 1 kHz). `samples`: full scale 1. A sound of n samples has n / hop_samples + 1 frames; an
// empty one has none.
MelFrames MelPower(std::span<const float> samples, const MelPowerOptions& options);

}  // namespace sezim
