// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "sezim/features/mel_power.h"

namespace sezim {

// What GE2E hears of samples at 16 kHz, full scale 1: power in 40 mel bands every 10 ms, without a logarithm, of the
// sound raised to -30 dB (root mean square) where it is quieter.
MelFrames Ge2eMel(std::span<const float> samples);

}  // namespace sezim
