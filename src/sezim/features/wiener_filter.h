// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace sezim {

struct WienerOptions {
  double noise_share = 0.1;    // the quietest frames that are taken for noise alone
  double smoothing = 0.98;     // of the estimated signal-to-noise ratio, from a frame to the next
  double least_gain_db = -20;  // what is taken for noise is lowered by no more

  void Check() const;  // throws Error (kUsage)
};

// The sound with steady noise lowered: each bin of its spectrum (512 samples each 128) is multiplied by the Wiener gain
// s / (1 + s), s being the signal-to-noise ratio estimated from this frame and the one before ("decision-directed":
// Ephraim and Malah 1984; Scalart and Vieira Filho 1996); the noise is the mean power of the quietest frames. As long
// as the input, in which at least 20 frames are wanted: a shorter one comes back as it is.
std::vector<float> ReduceNoise(std::span<const float> samples, const WienerOptions& options = {});

}  // namespace sezim
