// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "sezim/features/feature_matrix.h"

namespace sezim {

inline constexpr int kVggvoxBins = 512;

// The spectrogram that VGGVox looks at (Nagrani et al. 2017, VoxCeleb: a large-scale speaker identification dataset,
// section 4.1, and the code published with it): samples of 16 bits from which 0.97 times the one before is taken,
// symmetric Hamming windows of 400 samples every 160, only whole ones; the magnitudes of all 512 bins of the transform,
// the mirrored half too; each bin less its mean over the sound, by its standard deviation (of n - 1). A bin that never
// changes is 0. `samples`: 16 kHz, full scale 1. Gives (n - 400) / 160 + 1 frames, none of fewer than 400 samples.
FeatureMatrix VggvoxSpectrogram(std::span<const float> samples);

}  // namespace sezim
