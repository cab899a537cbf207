// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/corpus/csv_table.h"
#include "sezim/corpus/readers/listed_clips.h"
#include "sezim/corpus/readers/named_clips.h"
#include "sezim/corpus/readers/readers.h"

namespace sezim::readers {
namespace {

constexpr std::size_t kMaxColumns = 1000;

ClipCorpus ReadCsv(const ReaderInfo& info, const std::filesystem::path& given) {
  ClipCorpus corpus{.name = std::string(info.name), .licence = std::string(info.licence)};
  const std::filesystem::path list = ListIn(info, given);
  const std::string text = ReadTextFile(list, kMaxListBytes);
  CsvTable table(text, DisplayName(list), kMaxRowBytes);
  std::vector<std::string> header;
  table.Next(header);
  for (std::string& name : header) name = Lower(name);
  const auto has = [&](std::string_view name) { return std::find(header.begin(), header.end(), name) != header.end(); };
  if (!has("audio") || !has("emotion") || header.size() > kMaxColumns) {
    throw Error(ErrorKind::kBadInput,
                fmt::format("'{}': its first line has no columns 'audio' and 'emotion'", DisplayName(list)),
                fmt::format("expected is {}", info.layout));
  }
  ListedClips clips(corpus, list);
  std::size_t num_rows = 0;
  for (std::vector<std::string> cells; table.Next(cells);) {
    if (++num_rows > kMaxRows) {
      throw Error(ErrorKind::kBadInput, fmt::format("'{}' has more than {} rows", DisplayName(list), kMaxRows),
                  "divide it into several lists");
    }
    if (cells.size() != header.size()) {
      clips.AddProblem(table.line(), fmt::format("{} cells; the first line has {}", cells.size(), header.size()));
      continue;
    }
    std::map<std::string, std::string> row;
    for (std::size_t c = 0; c < cells.size(); ++c) row.try_emplace(header[c], std::move(cells[c]));
    clips.Add(row, table.line());
  }
  Finish(corpus, info, given, num_rows);
  return corpus;
}

}  // namespace

const Reader kCsv = {
    .info = {.name = "csv",
             .languages = "as listed",
             .licence = "as its owner states it",
             .summary = "any corpus with a list: one clip a row",
             .layout = "a file NAME.csv (or a folder with one) whose first line names the columns audio, emotion and, "
                       "where known, speaker, language, text, sex, split, id; audio files lie beside it or below"},
    .read = ReadCsv};

}  // namespace sezim::readers
