// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "sezim/features/feature_matrix.h"

namespace sezim {

// Log power in mel bands, as Kaldi's compute-fbank-feats gives them by default but for dither, which is 0: samples of
// 16 bits, windows of 400 samples every 160, only whole ones, their mean off, pre-emphasis of 0.97, Povey's window, a
// transform of 512, triangles that are straight in mel from 20 Hz to 8000 Hz, the natural logarithm. `samples`: 16 kHz,
// full scale 1. Gives (n - 400) / 160 + 1 frames of `num_bands`, none of fewer than 400 samples.
FeatureMatrix KaldiFbank(std::span<const float> samples, int num_bands);

}  // namespace sezim
