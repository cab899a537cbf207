// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "sezim/infer/onnx_session.h"

namespace sezim {

// A recording, 16 kHz, and which person of its folder speaks: they are counted from 0.
using OnVoice = std::function<void(std::size_t person, std::vector<std::int16_t> samples)>;

// Reads the .flac and .wav files of a folder and its sub-folders, in the order of their names. Whose voice it is, is
// told by the first `name_letters` letters of the file's name or, if that is 0, by its folder. Of each clip what lies
// between the first and the last speech is taken. `on_progress` hears the share done. Throws Error (kNotFound,
// kBadInput, kIo).
void ForEachVoice(const std::filesystem::path& folder, int name_letters,
                  const std::shared_ptr<const OnnxSession>& speech, const OnVoice& on_voice,
                  const std::function<void(double)>& on_progress);

}  // namespace sezim
