// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace sezim {

// How many partials between 300 and 4000 Hz stand still, on average over `samples` (16 kHz): peaks of the spectrum
// (128-ms Hann windows every 32 ms) 10 dB above what is around them that stay within 8 Hz for a third of a second.
// Music holds its notes and has several; the harmonics of a voice glide, and hardly any stands still. A sound of less
// than half a second has none. See docs/results.md for what it tells.
double SteadyPartials(std::span<const std::int16_t> samples);

}  // namespace sezim
