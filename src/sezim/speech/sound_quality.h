// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sezim {

// How cleanly a voice was recorded.
struct SoundQuality {
  double snr_db = 0;         // of the voice above what is heard beside it, in [-20, 80]
  double clipped_share = 0;  // of the samples: those at the end of the scale
};

// Mean square of each 50 ms of `samples` (full scale 1); what is left at the end is left away.
std::vector<double> FramePowers(std::span<const std::int16_t> samples);

// `voice`: somebody speaks; `beside`: sound near it in which nobody does (16 kHz, any pieces one after the other). What
// lies under the voice is taken to have the power of the median 50 ms beside it, if there is 0.3 s of that, but never more
// than the voice's own quietest tenth: what is heard nearby may be another scene's.
SoundQuality MeasureSound(std::span<const std::int16_t> voice, std::span<const std::int16_t> beside);

}  // namespace sezim
