// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sezim/features/feature_matrix.h"

namespace sezim {

// Changes of a sound that leave its emotion what it is, for more varied training data. The same seed gives the same
// result.

// White noise of standard deviation 1.
std::vector<float> WhiteNoise(std::size_t num_samples, std::uint64_t seed);

// The sound with `noise` added, repeated where it is shorter, so that the mean power of the sound is `snr_db` above
// that of the noise. As it is where either is silent.
std::vector<float> AddNoise(std::span<const float> samples, std::span<const float> noise, double snr_db);

// Played `factor` times as fast: shorter and higher (Ko and others 2015). Interpolated by windowed sincs; frequencies
// that would pass half the sample rate are taken out. Requires 0.25 <= factor <= 4.
std::vector<float> ChangeSpeed(std::span<const float> samples, double factor);

// `factor` times as long at the same pitch, by overlapping pieces where they fit best (WSOLA: Verhelst and Roelands
// 1993). Requires 0.25 <= factor <= 4.
std::vector<float> ChangeLength(std::span<const float> samples, double factor, double sample_rate_hz);

// `semitones` higher at the same length: ChangeLength, then ChangeSpeed; formants move with the pitch. Requires -12 <=
// semitones
// <= 12.
std::vector<float> ChangePitch(std::span<const float> samples, double semitones, double sample_rate_hz);

struct SpecAugmentOptions {
  int num_time_masks = 2;
  int max_mask_frames = 40;
  int num_band_masks = 2;
  int max_mask_bands = 8;
  float value = 0;  // what masked numbers become: the mean of normalised features
};

// Masks stretches of frames and of bands, each 0 to max wide, drawn at random (SpecAugment: Park and others 2019,
// without warping time). At most half of the frames and of the bands are in one mask.
void MaskSpectrum(FeatureMatrix& frames, const SpecAugmentOptions& options, std::uint64_t seed);

}  // namespace sezim
