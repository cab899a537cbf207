// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "sezim/corpus/clip.h"
#include "sezim/corpus/read_corpus.h"

namespace sezim::readers {

inline constexpr std::size_t kMaxListBytes = std::size_t{256} << 20;
inline constexpr std::size_t kMaxRowBytes = std::size_t{64} << 10;
inline constexpr std::size_t kMaxRows = 2'000'000;

// The list itself, or the one file in a folder whose extension is the reader's name (".csv", ".jsonl"). Throws Error
// (kNotFound; kBadInput where a folder has several or none), whose remedy shows the layout.
std::filesystem::path ListIn(const ReaderInfo& info, const std::filesystem::path& given);

// Collects the clips that a list's rows describe: `audio`, `emotion`, `speaker`, `language`, `text`, `sex`, `split`,
// `id` by their names. What is wrong with a row is a problem that names it.
class ListedClips {
 public:
  // `list` is the list; the audio files lie in its folder or below.
  ListedClips(ClipCorpus& corpus, std::filesystem::path list);

  // `line` is for messages, from 1.
  void Add(const std::map<std::string, std::string>& row, std::size_t line);
  void AddProblem(std::size_t line, const std::string& what);

 private:
  ClipCorpus& corpus_;
  std::filesystem::path list_;
  std::filesystem::path real_folder_;
  std::set<std::string> ids_;
};

// The emotion in our spelling: trimmed, in lower case, and the nouns and participles that other corpora use for our
// seven turned into ours ("anger" and "furious" into "angry", "happiness" and "joy" into "happy", …).
std::string EmotionInOurSpelling(std::string_view name);

}  // namespace sezim::readers
