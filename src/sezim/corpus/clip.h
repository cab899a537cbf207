// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sezim {

// One utterance of a corpus of emotional speech, with what the corpus says of it.
struct Clip {
  std::string id;               // unique in its corpus; stable
  std::filesystem::path audio;  // any format that FFmpeg reads
  std::string emotion;          // one of sezim's seven, or another corpus's own in lower case ("calm", "boredom")
  std::string speaker;          // unique in its corpus; empty if unknown
  std::string corpus{};         // name of the reader
  std::optional<std::string> language{};  // ISO 639-1
  std::optional<std::string> text{};      // what is said
  std::optional<std::string> sex{};       // "female" or "male", of the speaker
  std::optional<std::string> part{};      // "train", "dev" or "test", where the corpus has an official split
};

// A corpus as read from its folder. A file that does not fit is a problem, not the end.
struct ClipCorpus {
  std::string name;
  std::string licence;                  // as its makers state it
  std::vector<Clip> clips{};            // sorted by id
  std::vector<std::string> problems{};  // one line each: file, what was expected
  bool split_at_random = false;         // its official split was drawn without regard to who speaks
};

}  // namespace sezim
