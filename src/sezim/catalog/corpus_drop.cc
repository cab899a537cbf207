// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/corpus_drop.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/sha256.h"
#include "sezim/catalog/catalog.h"
#include "sezim/catalog/corpus_records.h"
#include "sezim/catalog/name_speakers.h"
#include "sezim/corpus/split_record.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

// The named source, and all with the same bytes: their rejections name it.
std::vector<SourceRow> SourcesNamed(const Catalog& catalog, const std::string& which) {
  const std::vector<SourceRow> all = catalog.Sources();
  std::vector<SourceRow> named;
  std::copy_if(all.begin(), all.end(), std::back_inserter(named), [&](const SourceRow& source) {
    const bool is_id = !source.sha256.empty() && (source.id() == which || source.sha256 == which);
    return is_id || source.name == which || source.locator == which;
  });
  for (const SourceRow& other : all) {
    const bool is_copy = std::any_of(named.begin(), named.end(), [&](const SourceRow& source) {
      return !source.sha256.empty() && source.sha256 == other.sha256 && source.locator != other.locator;
    });
    const bool is_known = std::any_of(named.begin(), named.end(),
                                      [&](const SourceRow& source) { return source.locator == other.locator; });
    if (is_copy && !is_known) named.push_back(other);
  }
  return named;
}

void RemoveFile(const fs::path& file) {
  std::error_code error;
  fs::remove(file, error);
  if (error) throw SystemError(error.value(), "cannot remove", DisplayName(file));
}

void RemoveFiles(const fs::path& folder, const std::string& prefix) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().filename().native().starts_with(prefix)) files.push_back(at->path());
  }
  for (const fs::path& file : files) RemoveFile(file);
}

// Removes the pages in the corpus folder, finished or not: they name and show every source. Returns how many.
std::int64_t RemoveReports(const CorpusFolder& corpus) {
  std::error_code error;
  std::vector<fs::path> pages;
  for (fs::directory_iterator at(corpus.root(), error), end; !error && at != end; at.increment(error)) {
    const fs::path& file = at->path();
    if (!at->is_regular_file(error)) continue;
    if (IsUnfinishedReport(file) || (file.extension() == ".html" && IsReport(file))) pages.push_back(file);
  }
  for (const fs::path& page : pages) RemoveFile(page);
  return static_cast<std::int64_t>(pages.size());
}

// Takes the segments that are no longer in the catalogue out of the split; a file that is no split goes as a whole.
void RemoveFromSplit(const CorpusFolder& corpus, const Catalog& catalog) {
  if (!fs::exists(corpus.split())) return;
  SplitRecord split;
  try {
    split = ReadSplit(corpus.split());
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kBadInput) throw;
    RemoveFile(corpus.split());
    return;
  }
  std::set<std::string> there;
  catalog.ForEachSegment([&](const SegmentRecord& segment) { there.insert(segment.id); });
  const std::size_t num_gone = std::erase_if(split.parts, [&](const auto& one) { return !there.contains(one.first); });
  if (num_gone > 0) WriteFileAtomically(corpus.split(), ToJson(split));
}

void WriteWhatIsLeft(const CorpusFolder& corpus, Catalog& catalog) {
  RenameSpeakers(catalog);
  WriteRecords(catalog, corpus);
  RemoveFromSplit(corpus, catalog);
}

}  // namespace

DroppedFromCorpus DropSource(const CorpusFolder& corpus, const std::string& which) {
  corpus.RequireCorpus();
  const FileLock lock = corpus.Lock();
  Catalog catalog(corpus.catalog());
  const std::vector<SourceRow> sources = SourcesNamed(catalog, which);
  DroppedFromCorpus dropped{.num_sources = static_cast<std::int64_t>(sources.size())};
  catalog.ForEachSegment([&](const SegmentRecord& segment) {
    dropped.num_segments += std::any_of(sources.begin(), sources.end(), [&](const SourceRow& source) {
      return !source.sha256.empty() && source.id() == segment.source_id;
    });
  });
  if (!sources.empty()) dropped.num_reports = RemoveReports(corpus);
  for (const SourceRow& source : sources) {
    std::vector<std::string> digests = {Sha256OfText(source.locator)};
    if (!source.sha256.empty()) {
      for (const Emotion emotion : kEmotions) RemoveFiles(corpus.audio(emotion), source.id() + "-");
      RemoveFiles(corpus.media(), source.id() + ".");
      RemoveFiles(corpus.scratch(), source.id() + ".");
      digests.push_back(source.sha256);
    }
    catalog.DropSource(source.locator, digests);
  }
  WriteWhatIsLeft(corpus, catalog);
  if (!sources.empty()) dropped.num_reports += RemoveReports(corpus);  // one that was made meanwhile
  if (sources.empty()) {
    throw Error(ErrorKind::kNotFound, fmt::format("this corpus has no source '{}'", ValidUtf8(which)),
                "give its name or id as segments.jsonl or rejected.jsonl has it ('source', 'source_id')");
  }
  return dropped;
}

DroppedFromCorpus DropSpeaker(const CorpusFolder& corpus, const std::string& speaker) {
  corpus.RequireCorpus();
  const FileLock lock = corpus.Lock();
  Catalog catalog(corpus.catalog());
  std::map<std::string, std::vector<SegmentRecord>> of_source;  // by source_id
  DroppedFromCorpus dropped;
  catalog.ForEachSegment([&](const SegmentRecord& segment) {
    if (segment.speaker == speaker) of_source[segment.source_id].push_back(segment);
  });
  if (!of_source.empty()) dropped.num_reports = RemoveReports(corpus);
  for (const SourceRow& source : catalog.Sources()) {
    const auto found = source.sha256.empty() ? of_source.end() : of_source.find(source.id());
    if (found == of_source.end()) continue;
    for (const SegmentRecord& segment : found->second) RemoveFile(corpus.AudioFile(segment.audio));
    catalog.DropSegments(source, found->second);
    ++dropped.num_sources;
    dropped.num_segments += static_cast<std::int64_t>(found->second.size());
    of_source.erase(found);
  }
  WriteWhatIsLeft(corpus, catalog);
  if (dropped.num_segments > 0) dropped.num_reports += RemoveReports(corpus);  // one that was made meanwhile
  if (dropped.num_segments == 0) {
    throw Error(ErrorKind::kNotFound, fmt::format("this corpus has no speaker '{}'", ValidUtf8(speaker)),
                "give their name as segments.jsonl has it ('speaker')");
  }
  return dropped;
}

}  // namespace sezim
