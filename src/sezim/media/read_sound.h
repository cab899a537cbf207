// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "sezim/media/audio_decoder.h"

namespace sezim {

inline constexpr double kMaxSoundS = 2 * 3600;  // of a sound that is held in memory as a whole

// The whole sound of a file (the best stream of it, as AudioDecoder gives it) at this sample rate, mono, full scale 1.
// Throws Error (kNotFound, kIo, kBadInput: no sound, an empty one, nothing of it can be decoded, longer than
// kMaxSoundS).
std::vector<float> ReadSound(const std::filesystem::path& file, int sample_rate_hz = kSampleRateHz);

}  // namespace sezim
