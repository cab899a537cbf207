// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sezim/corpus/clip.h"

namespace sezim {

// What is known of a reader before it reads: docs/corpora.md in short.
struct ReaderInfo {
  std::string_view name{};       // "ravdess"
  std::string_view languages{};  // ISO 639-1; "as listed" where the files say it
  std::string_view licence{};    // as the corpus' makers state it
  std::string_view summary{};    // one line: what the corpus is
  std::string_view layout{};     // how its files lie and are named
};

// Every reader, by name.
std::vector<ReaderInfo> KnownReaders();

// Reads the corpus in `folder` as `reader` ("ravdess", …) knows it. For `csv` and `jsonl` the folder may also be the
// list itself. Nothing is decoded: only names and lists are looked at. Files that do not fit are in `problems`, as are
// links that leave the folder, which are never followed.
// Throws Error: kUsage for a reader that there is not, kNotFound for a folder that there is not, kBadInput where the
// folder holds no clip that the reader knows; the remedy shows the layout that was expected.
ClipCorpus ReadCorpus(std::string_view reader, const std::filesystem::path& folder);

// Several corpora as one: each of `parts` is "READER:FOLDER". Ids and speakers get the corpus' name in front
// ("ravdess/01"), so that people of different corpora never count as one; a second corpus of the same reader is named
// "csv-2". Throws Error as ReadCorpus does.
ClipCorpus ReadMergedCorpora(std::span<const std::string> parts);

}  // namespace sezim
