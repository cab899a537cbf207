// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/corpus_drop.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/catalog/catalog.h"
#include "sezim/catalog/corpus_records.h"
#include "sezim/catalog/name_speakers.h"
#include "sezim/corpus/split_record.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

bool HasSameBytes(const SourceRow& a, const SourceRow& b) {
  return a.locator == b.locator || (!a.sha256.empty() && a.sha256 == b.sha256);
}

// Names are relative to the folders that were harvested, so several sources may have one; only one is meant.
Error SeveralAreCalled(const std::string& name, const std::vector<SourceRow>& sources, const CorpusFolder& corpus) {
  std::string list;
  for (const SourceRow& source : sources) {
    list += fmt::format("\n      {}  {}", source.sha256.empty() ? "(no id)" : source.id(), ValidUtf8(source.locator));
  }
  return {ErrorKind::kUsage,
          fmt::format("the corpus '{}' has several sources called '{}'", DisplayName(corpus.root()), ValidUtf8(name)),
          "nothing was dropped; give the id, or the path or URL, of the one that is meant:" + list};
}

// The named source, and all with the same bytes: their rejections name it.
std::vector<SourceRow> SourcesNamed(const CorpusFolder& corpus, const Catalog& catalog, const std::string& which) {
  const std::vector<SourceRow> all = catalog.Sources();
  const auto that = [&](const auto& is_meant) {
    std::vector<SourceRow> found;
    std::copy_if(all.begin(), all.end(), std::back_inserter(found), is_meant);
    return found;
  };
  const std::string path = which.empty() ? which : fs::absolute(which).lexically_normal().native();
  std::vector<SourceRow> named = that([&](const SourceRow& source) {
    const bool is_id = !source.sha256.empty() && (source.id() == which || source.sha256 == which);
    return is_id || source.locator == which;
  });
  if (named.empty()) named = that([&](const SourceRow& source) { return source.name == which; });
  if (named.empty()) named = that([&](const SourceRow& source) { return source.locator == path; });
  if (named.empty()) return {};
  const SourceRow first = named.front();
  const auto is_it = [&](const SourceRow& source) { return HasSameBytes(source, first); };
  if (!std::all_of(named.begin(), named.end(), is_it)) throw SeveralAreCalled(which, named, corpus);
  return that(is_it);
}

void RemoveFile(const fs::path& file) {
  std::error_code error;
  fs::remove(file, error);
  if (error) throw SystemError(error.value(), "cannot remove", DisplayName(file));
}

// Removes the files of a folder, not of folders within, whose name is meant.
void RemoveFiles(const fs::path& folder, const std::function<bool(const std::string& name)>& is_meant) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (!at->is_directory(error) && is_meant(at->path().filename().native())) files.push_back(at->path());
  }
  for (const fs::path& file : files) RemoveFile(file);
}

void RemoveFilesOf(const SourceRow& source, const CorpusFolder& corpus) {
  std::error_code error;
  fs::remove_all(corpus.download(source.locator), error);
  if (error) throw SystemError(error.value(), "cannot remove", DisplayName(corpus.download(source.locator)));
  if (source.sha256.empty()) return;
  const auto begins_with = [](const std::string& text) {
    return [text](const std::string& name) { return name.starts_with(text); };
  };
  for (const Emotion emotion : kEmotions) RemoveFiles(corpus.audio(emotion), begins_with(source.id() + "-"));
  RemoveFiles(corpus.media(), begins_with(source.id() + "."));
  RemoveFiles(corpus.scratch(), begins_with(source.id() + "."));
}

// What a run left half-written when it was killed may hold anything.
void RemoveUnfinishedFiles(const CorpusFolder& corpus) {
  const auto is_unfinished = [](const std::string& name) { return name.ends_with(".tmp"); };
  RemoveFiles(corpus.root(), [&](const std::string& name) { return is_unfinished(name) && !IsUnfinishedReport(name); });
  for (const Emotion emotion : kEmotions) RemoveFiles(corpus.audio(emotion), is_unfinished);
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
// Returns whether it went.
bool RemoveFromSplit(const CorpusFolder& corpus, const Catalog& catalog) {
  if (!fs::exists(corpus.split())) return false;
  SplitRecord split;
  try {
    split = ReadSplit(corpus.split());
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kBadInput) throw;
    RemoveFile(corpus.split());
    return true;
  }
  std::set<std::string> there;
  catalog.ForEachSegment([&](const SegmentRecord& segment) { there.insert(segment.id); });
  const std::size_t num_gone = std::erase_if(split.parts, [&](const auto& one) { return !there.contains(one.first); });
  if (num_gone > 0) WriteFileAtomically(corpus.split(), ToJson(split));
  return false;
}

// Also what an earlier drop that was cut short did not come to. Returns whether a split had to go.
bool WriteWhatIsLeft(const CorpusFolder& corpus, Catalog& catalog) {
  RemoveUnfinishedFiles(corpus);
  RenameSpeakers(catalog);
  WriteRecords(catalog, corpus);
  const bool is_split_gone = RemoveFromSplit(corpus, catalog);
  catalog.Compact();
  return is_split_gone;
}

}  // namespace

DroppedFromCorpus DropSource(const CorpusFolder& corpus, const std::string& which) {
  corpus.RequireCorpus();
  const FileLock lock = corpus.Lock();
  Catalog catalog(corpus.catalog());
  std::vector<SourceRow> sources = SourcesNamed(corpus, catalog, which);
  // A download that was interrupted is not in the catalogue yet.
  if (sources.empty() && fs::exists(corpus.download(which))) sources.push_back({.locator = which, .name = which});
  DroppedFromCorpus dropped{.num_sources = static_cast<std::int64_t>(sources.size())};
  catalog.ForEachSegment([&](const SegmentRecord& segment) {
    dropped.num_segments += std::any_of(sources.begin(), sources.end(), [&](const SourceRow& source) {
      return !source.sha256.empty() && source.id() == segment.source_id;
    });
  });
  if (!sources.empty()) dropped.num_reports = RemoveReports(corpus);
  for (const SourceRow& source : sources) RemoveFilesOf(source, corpus);
  if (!sources.empty()) catalog.DropSources(sources);
  dropped.is_split_removed = WriteWhatIsLeft(corpus, catalog);
  if (!sources.empty()) dropped.num_reports += RemoveReports(corpus);  // one that was made meanwhile
  if (sources.empty()) {
    throw Error(
        ErrorKind::kNotFound,
        fmt::format("the corpus '{}' has no source '{}'", DisplayName(corpus.root()), ValidUtf8(which)),
        "give its name or id as segments.jsonl or rejected.jsonl has it ('source', 'source_id'), or its path or URL");
  }
  return dropped;
}

DroppedFromCorpus DropSpeaker(const CorpusFolder& corpus, const std::string& speaker) {
  corpus.RequireCorpus();
  const FileLock lock = corpus.Lock();
  Catalog catalog(corpus.catalog());
  std::vector<SegmentRecord> segments;
  std::set<std::string> sources;
  catalog.ForEachSegment([&](const SegmentRecord& segment) {
    if (segment.speaker != speaker) return;
    segments.push_back(segment);
    sources.insert(segment.source_id);
  });
  DroppedFromCorpus dropped{.num_sources = std::ssize(sources), .num_segments = std::ssize(segments)};
  if (!segments.empty()) dropped.num_reports = RemoveReports(corpus);
  for (const SegmentRecord& segment : segments) RemoveFile(corpus.AudioFile(segment.audio));
  if (!segments.empty()) catalog.DropSegments(segments);
  dropped.is_split_removed = WriteWhatIsLeft(corpus, catalog);
  if (dropped.num_segments > 0) dropped.num_reports += RemoveReports(corpus);  // one that was made meanwhile
  if (dropped.num_segments == 0) {
    throw Error(ErrorKind::kNotFound,
                fmt::format("the corpus '{}' has no speaker '{}'", DisplayName(corpus.root()), ValidUtf8(speaker)),
                "give their name as segments.jsonl has it ('speaker')");
  }
  return dropped;
}

}  // namespace sezim
