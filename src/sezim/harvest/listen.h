// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>

#include "sezim/harvest/method.h"
#include "sezim/harvest/stage_times.h"

namespace sezim {

// Decodes the sound of `media` into `pcm_file` (16 kHz mono 16-bit), and hands each unit that holds speech to
// `on_unit` as soon as it is known. Throws Error.
SoundTrack ListenToSource(const std::filesystem::path& media, const std::filesystem::path& pcm_file,
                          const MediaLimits& limits, const HarvestMethod& method, StageTimes& times,
                          std::stop_token stop, const std::function<void(Unit)>& on_unit);

// Samples of what ListenToSource has written. Throws Error (kIo).
ReadSound SoundReader(const std::filesystem::path& pcm_file, std::int64_t num_samples);

}  // namespace sezim
