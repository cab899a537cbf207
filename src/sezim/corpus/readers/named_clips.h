// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sezim/corpus/clip.h"
#include "sezim/corpus/read_corpus.h"

namespace sezim::readers {

// Far above any corpus of speech; a folder with more entries is given by mistake.
inline constexpr std::size_t kMaxEntries = 2'000'000;
inline constexpr int kMaxDepth = 16;  // folders within folders

// Extensions in lower case, with their dot.
inline constexpr std::array<std::string_view, 10> kAudioExtensions = {".wav", ".flac", ".mp3", ".ogg", ".opus",
                                                                      ".m4a", ".aac",  ".wma", ".aif", ".aiff"};
inline constexpr std::array<std::string_view, 8> kVideoExtensions = {".mp4", ".avi",  ".mov", ".mkv",
                                                                     ".flv", ".webm", ".mpg", ".mpeg"};

// Whether FFmpeg is likely to find sound in a file of this name: one of the extensions above, in any case.
bool IsMediaName(const std::filesystem::path& file);

// ASCII letters in lower case.
std::string Lower(std::string_view text);

// The media files below `folder`, as paths relative to it, sorted. Hidden files are passed over. Links out of the
// folder and to folders are not followed and go to `problems`. Throws Error (kNotFound, kIo; kBadInput above
// kMaxEntries).
std::vector<std::filesystem::path> MediaFiles(const std::filesystem::path& folder, std::vector<std::string>& problems);

// What a file of a corpus is, by its name.
enum class FileIs {
  kClip,
  kOther,     // of the corpus, but not of what the reader reads: passed over
  kMisnamed,  // a problem
};

// Fills id, emotion, speaker and what else the name tells into `clip`. `file` is relative to the corpus' folder.
using ReadName = FileIs (*)(const std::filesystem::path& file, Clip& clip);

// Reads a corpus whose files' names tell all: every media file below `folder` is shown to `read_name`. A second file
// with the same id is a problem. Throws Error as ReadCorpus does.
ClipCorpus ReadNamedClips(const ReaderInfo& info, const std::filesystem::path& folder, ReadName read_name);

// Sorts by id. Throws Error (kBadInput, with the layout) unless there is a clip; `num_seen` files were looked at.
void Finish(ClipCorpus& corpus, const ReaderInfo& info, const std::filesystem::path& folder, std::size_t num_seen);

// The value that goes with `key` in a small table, or an empty text.
template <std::size_t N>
std::string_view Look(const std::array<std::pair<std::string_view, std::string_view>, N>& table, std::string_view key) {
  for (const auto& [name, value] : table) {
    if (name == key) return value;
  }
  return {};
}

}  // namespace sezim::readers
