// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace sezim {

// The integrated loudness of a mono sound in LUFS, by EBU R 128 (ITU-R BS.1770-4: K-weighting, blocks of 400 ms that
// overlap by three quarters, gates at -70 LUFS and 10 LU below the mean of what passes the first). Nothing for a sound
// of less than 400 ms or in which no block passes.
std::optional<double> IntegratedLoudness(std::span<const float> samples, double sample_rate_hz);

// The sound multiplied so that its loudness is `target_lufs`, but never so much that a sample passes full scale. Where
// the loudness is not defined the sound comes back as it is.
std::vector<float> NormalizeLoudness(std::span<const float> samples, double sample_rate_hz, double target_lufs = -23);

}  // namespace sezim
