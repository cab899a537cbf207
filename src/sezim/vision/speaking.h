// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "sezim/vision/mouth.h"

namespace sezim {

// What tells whether a mouth makes a voice, over pictures in which the voice is heard.
struct SpeakingEvidence {
  std::size_t num_pictures = 0;
  std::size_t num_different = 0;  // less those that only repeat the one before
  // Pearson correlation of the mouth's openness with the voice's energy around 800 to 2200 Hz, in [-1, 1]. A mouth
  // that rests, or says other words, has about 0.
  double synchrony = 0;
  // Mean motion of the mouth over that of the upper face: about 2 of a mouth that speaks, below 1 of one that rests.
  double motion_ratio = 0;
  // How much likelier all this is of a mouth that makes the voice than of one that does not, as a natural logarithm.
  double log_odds = 0;
};

// `energy`: log10 energy in that band at each picture (BandEnergy). Both must be equally long.
SpeakingEvidence WeighSpeaking(std::span<const MouthMeasure> mouth, std::span<const float> energy);

}  // namespace sezim
