// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/vggvox_spectrogram.h"

#include "sezim/features/spectrogram_features.h"

namespace sezim {

FeatureMatrix VggvoxSpectrogram(std::span<const float> samples) {
  SpectrogramFeatures features({});
  FeatureMatrix frames = ExtractAll(features, samples);
  frames.dim = kVggvoxBins;
  return frames;
}

}  // namespace sezim
