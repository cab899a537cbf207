// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace sezim {

enum class AudioFormat { kFlac, kWav };

// "flac", "wav": also the file name extension.
const char* NameOf(AudioFormat format);

// Writes 16 kHz mono 16-bit samples as FLAC or as WAV (PCM). The same samples always give the same bytes. The file
// appears under its name when it is complete; FlushFiles brings many to disk at once. Throws Error (kNoSpace, kIo)
// and then leaves nothing behind.
void WriteAudioFile(const std::filesystem::path& path, AudioFormat format, std::span<const std::int16_t> samples);

}  // namespace sezim
