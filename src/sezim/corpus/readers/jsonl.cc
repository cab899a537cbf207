// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/corpus/readers/listed_clips.h"
#include "sezim/corpus/readers/named_clips.h"
#include "sezim/corpus/readers/readers.h"

namespace sezim::readers {
namespace {

using Json = nlohmann::json;

void AddLine(std::string_view line, std::size_t number, ListedClips& clips) {
  if (line.size() > kMaxRowBytes) return clips.AddProblem(number, fmt::format("more than {} bytes", kMaxRowBytes));
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return clips.AddProblem(number, "not a JSON object");
  std::map<std::string, std::string> row;
  for (const auto& [key, value] : json.items()) {
    if (value.is_string()) row[key] = value.get<std::string>();
    if (value.is_number_integer()) row[key] = value.dump();  // a speaker's number
  }
  clips.Add(row, number);
}

ClipCorpus ReadJsonl(const ReaderInfo& info, const std::filesystem::path& given) {
  ClipCorpus corpus{.name = std::string(info.name), .licence = std::string(info.licence)};
  const std::filesystem::path list = ListIn(info, given);
  const std::string text = ReadTextFile(list, kMaxListBytes);
  ListedClips clips(corpus, list);
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = std::string_view(text).substr(at, end - at);
    at = end + 1;
    if (++number > kMaxRows) {
      throw Error(ErrorKind::kBadInput, fmt::format("'{}' has more than {} lines", DisplayName(list), kMaxRows),
                  "divide it into several lists");
    }
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) AddLine(line, number, clips);
  }
  Finish(corpus, info, given, number);
  return corpus;
}

}  // namespace

const Reader kJsonl = {
    .info = {.name = "jsonl",
             .languages = "as listed",
             .licence = "as its owner states it",
             .summary = "any corpus with a list: one JSON object a line",
             .layout = "a file NAME.jsonl (or a folder with one) of objects with the fields audio, emotion and, where "
                       "known, speaker, language, text, sex, split, id; audio files lie beside it or below"},
    .read = ReadJsonl};

}  // namespace sezim::readers
