// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/readers/listed_clips.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/utf8.h"
#include "sezim/corpus/readers/named_clips.h"

namespace sezim::readers {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kOurSpelling = {
    {{"anger", "angry"},
     {"furious", "angry"},
     {"disgusted", "disgust"},
     {"fearful", "fear"},
     {"scared", "fear"},
     {"afraid", "fear"},
     {"happiness", "happy"},
     {"joy", "happy"},
     {"joyful", "happy"},
     {"sadness", "sad"},
     {"surprised", "surprise"},
     {"neutrality", "neutral"},
     {"bored", "boredom"},
     {"calmness", "calm"},
     {"pleasant surprise", "surprise"}}};

std::string Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t from = text.find_first_not_of(kBlanks);
  if (from == std::string_view::npos) return {};
  return std::string(text.substr(from, text.find_last_not_of(kBlanks) - from + 1));
}

}  // namespace

std::string EmotionInOurSpelling(std::string_view name) {
  const std::string lower = Lower(Trimmed(name));
  const std::string_view ours = Look(kOurSpelling, lower);
  return ours.empty() ? lower : std::string(ours);
}

fs::path ListIn(const ReaderInfo& info, const fs::path& given) {
  const std::string extension = fmt::format(".{}", info.name);
  std::error_code error;
  if (fs::is_regular_file(given, error)) return given;
  if (!fs::is_directory(given, error)) {
    throw Error(ErrorKind::kNotFound, fmt::format("there is no list '{}'", DisplayName(given)),
                fmt::format("expected is {}", info.layout));
  }
  std::vector<fs::path> lists;
  for (fs::directory_iterator at(given, error), end; !error && at != end; at.increment(error)) {
    if (Lower(at->path().extension().native()) == extension) lists.push_back(at->path());
  }
  if (error) throw SystemError(error.value(), "cannot read the folder", DisplayName(given));
  if (lists.size() == 1) return lists.front();
  throw Error(ErrorKind::kBadInput,
              fmt::format("'{}' holds {} {} files; expected is one", DisplayName(given), lists.size(), extension),
              fmt::format("give the list itself; expected is {}", info.layout));
}

ListedClips::ListedClips(ClipCorpus& corpus, fs::path list) : corpus_(corpus), list_(std::move(list)) {
  real_folder_ = fs::canonical(list_).parent_path();
}

void ListedClips::AddProblem(std::size_t line, const std::string& what) {
  corpus_.problems.push_back(fmt::format("{}, line {}: {}", DisplayName(list_.filename()), line, what));
}

void ListedClips::Add(const std::map<std::string, std::string>& row, std::size_t line) {
  const auto field = [&](const char* name) {
    const auto found = row.find(name);
    return found == row.end() ? std::string() : Trimmed(found->second);
  };
  const auto optional_field = [&](const char* name) {
    std::string value = field(name);
    return value.empty() ? std::nullopt : std::optional(std::move(value));
  };
  for (const auto& [name, value] : row) {
    if (!IsValidUtf8(value)) return AddProblem(line, fmt::format("'{}' is not UTF-8", ValidUtf8(name)));
  }
  const std::string audio = field("audio");
  if (audio.empty()) return AddProblem(line, "'audio' is empty");
  const std::string emotion = EmotionInOurSpelling(field("emotion"));
  if (emotion.empty()) return AddProblem(line, "'emotion' is empty");
  const fs::path path = fs::path(audio).is_absolute() ? fs::path(audio) : list_.parent_path() / audio;
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error || !fs::is_regular_file(real, error)) {
    return AddProblem(line, fmt::format("there is no file '{}'", ValidUtf8(audio)));
  }
  if (std::mismatch(real_folder_.begin(), real_folder_.end(), real.begin(), real.end()).first != real_folder_.end()) {
    return AddProblem(line, fmt::format("'{}' lies outside the list's folder", ValidUtf8(audio)));
  }
  Clip clip{.id = field("id"),
            .audio = path,
            .emotion = emotion,
            .speaker = field("speaker"),
            .corpus = corpus_.name,
            .language = optional_field("language"),
            .text = optional_field("text"),
            .sex = optional_field("sex"),
            .part = optional_field("split")};
  if (clip.id.empty()) clip.id = DisplayName(audio);
  if (clip.part && *clip.part != "train" && *clip.part != "dev" && *clip.part != "test") {
    return AddProblem(line, fmt::format("'split' is '{}'; expected is train, dev or test", *clip.part));
  }
  if (clip.sex && *clip.sex != "female" && *clip.sex != "male") {
    return AddProblem(line, fmt::format("'sex' is '{}'; expected is female or male", *clip.sex));
  }
  if (!ids_.insert(clip.id).second) return AddProblem(line, fmt::format("the clip '{}' again, left out", clip.id));
  corpus_.clips.push_back(std::move(clip));
}

}  // namespace sezim::readers
