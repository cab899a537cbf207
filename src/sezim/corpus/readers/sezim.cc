// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <fstream>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/corpus/corpus_folder.h"
#include "sezim/corpus/readers/named_clips.h"
#include "sezim/corpus/readers/readers.h"
#include "sezim/corpus/segment_record.h"
#include "sezim/corpus/split_record.h"

namespace sezim::readers {
namespace {

constexpr std::size_t kMaxSegments = 50'000'000;

// A segment of whom the speaker is not known counts as said by its source, which `sezim corpus split` keeps together
// too (docs/formats/split.md).
Clip ClipOf(const SegmentRecord& segment, const CorpusFolder& folder) {
  return {.id = segment.id,
          .audio = folder.AudioFile(segment.audio),
          .emotion = std::string(NameOf(segment.emotion)),
          .speaker = segment.speaker.value_or("source " + segment.source_id),
          .corpus = "sezim",
          .language = segment.language};
}

ClipCorpus ReadSezim(const ReaderInfo& info, const std::filesystem::path& root) {
  const CorpusFolder folder(root);
  ClipCorpus corpus{.name = std::string(info.name), .licence = std::string(info.licence)};
  std::error_code error;
  if (!std::filesystem::is_directory(root, error)) {
    throw Error(ErrorKind::kNotFound, fmt::format("there is no folder '{}'", DisplayName(root)),
                fmt::format("expected is {}", info.layout));
  }
  if (!std::filesystem::is_regular_file(folder.segments(), error)) {
    throw Error(ErrorKind::kBadInput, fmt::format("'{}' has no segments.jsonl", DisplayName(root)),
                fmt::format("expected is {}", info.layout));
  }
  SplitRecord split;
  if (std::filesystem::exists(folder.split(), error)) split = ReadSplit(folder.split());
  corpus.split_at_random = split.by == SplitBy::kRandom;
  std::ifstream stream(folder.segments());
  std::size_t number = 0;
  for (std::string line; number < kMaxSegments && std::getline(stream, line);) {
    const std::string origin = fmt::format("'{}', line {}", DisplayName(folder.segments()), ++number);
    Clip clip = ClipOf(ParseSegmentRecord(line, origin), folder);
    if (!std::filesystem::is_regular_file(clip.audio, error)) {
      corpus.problems.push_back(fmt::format("{}: its sound file is missing", clip.id));
      continue;
    }
    if (const auto part = split.parts.find(clip.id); part != split.parts.end()) clip.part = NameOf(part->second);
    corpus.clips.push_back(std::move(clip));
  }
  Finish(corpus, info, root, number);
  return corpus;
}

}  // namespace

const Reader kSezim = {.info = {.name = "sezim",
                                .languages = "as harvested",
                                .licence = "that of its sources",
                                .summary = "a corpus that 'sezim harvest' made",
                                .layout = "a folder with segments.jsonl and audio/ (docs/formats/corpus.md); with "
                                          "split.json, its parts are the official split"},
                       .read = ReadSezim};

}  // namespace sezim::readers
