// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sezim {

// The band whose energy follows the opening of the lips most closely: that of the second formant, 800 to 2200 Hz
// (Grant and Seitz 2000, J. Acoust. Soc. Am. 108, 1197-1208).
struct Band {
  double low_hz = 800;
  double high_hz = 2200;
};

// log10 of the mean square of `samples` (16 kHz, full scale 1) in `band`, around each of `times_s` (seconds from the
// first sample): from 35 ms before to 25 ms after it, where mouths of GRID's talkers follow it most closely. Silence,
// and what lies outside the samples, gives -7. The filter is a Butterworth of 4th order at either end; what it delays
// is well below a millisecond.
std::vector<float> BandEnergy(std::span<const std::int16_t> samples, std::span<const double> times_s,
                              const Band& band = {});

}  // namespace sezim
