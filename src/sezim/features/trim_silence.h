// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace sezim {

// The part of a sound from its first to its last frame whose root mean square is less than `top_db` below that of the
// loudest (frames of 2048 samples each 512, the first centred at sample 0, silence outside), as librosa.effects.trim
// gives it. Empty for digital silence.
std::span<const float> TrimSilence(std::span<const float> samples, double top_db = 25);

}  // namespace sezim
