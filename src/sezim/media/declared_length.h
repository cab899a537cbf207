// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

namespace sezim {

// How long the header of a RIFF WAVE file says its sound is, whatever is there of it. Nothing where it does not say:
// programs that write to a pipe leave a size of 0, or one near 2 or 4 GiB, and longer files (RF64) tell it elsewhere.
// Throws Error (kNotFound, kIo).
std::optional<double> DeclaredWavSeconds(const std::filesystem::path& file);

// Whether the header of an AVI file was never completed, as programs leave it that write to a pipe: its numbers of
// frames mean nothing. Throws Error (kNotFound, kIo).
bool IsUnfinishedAvi(const std::filesystem::path& file);

// Whether the last page of an Ogg file is not whole, or does not say that it ends its stream. Throws Error (kNotFound,
// kIo).
bool LacksOggEnd(const std::filesystem::path& file);

// Whether an MPEG transport stream ends within a packet (of 188, 192 or 204 bytes), as all but one in so many of those
// do that were cut off. It has no other mark of its end. Throws Error (kNotFound, kIo).
bool EndsWithinTsPacket(const std::filesystem::path& file);

// Where the header of an ASF (WMV) file says its presentation ends, if the file has fewer bytes than its header says.
// Nothing where it has them all, or does not say: broadcasts and files that are not finished do not.
// Throws Error (kNotFound, kIo).
std::optional<double> DeclaredAsfSecondsIfCut(const std::filesystem::path& file);

}  // namespace sezim
