// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "sezim/features/feature_matrix.h"

namespace sezim {

inline constexpr int kWhisperHopSamples = 160;

// The log-mel frames that Whisper hears (Radford et al. 2022, Robust speech recognition via large-scale weak
// supervision): frame i is centred at sample 160 * i, a periodic Hann window of 400 samples; `num_bands` triangles of
// area 1 on Slaney's mel scale from 0 to 8000 Hz; log10, never below -10 nor more than 8 below the loudest value of
// all, plus 4, by
// 4. Before the sound it is mirrored, behind it there is silence.
//
// `samples`: 16 kHz, full scale 1. Gives ceil(n / 160) x num_bands: what the published front end, which pads a sound to
// 30 s with silence, has until the sound ends.
FeatureMatrix WhisperMel(std::span<const float> samples, int num_bands = 80);

}  // namespace sezim
