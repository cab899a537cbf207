// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sezim {

// For each of `num_frames` frames of `hop_s` whether there is sound in it: whether the power of the 25 ms from
// its start on, i hop_s, is at most `range_db` below that of the loudest 25 ms. Of digital silence no frame is active.
std::vector<char> ActiveFrames(std::span<const float> samples, double sample_rate_hz, std::int64_t num_frames,
                               double hop_s, double range_db);

}  // namespace sezim
