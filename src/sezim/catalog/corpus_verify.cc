// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/corpus_verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "sezim/base/counted.h"
#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/sha256.h"
#include "sezim/catalog/catalog.h"
#include "sezim/corpus/corpus_toml.h"
#include "sezim/corpus/split_record.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

// Compares the lines of `file` with those of `records`, which `for_each` hands out one by one.
template <typename ForEach>
void CompareLines(const fs::path& file, const ForEach& for_each, std::vector<CorpusProblem>& problems) {
  std::ifstream stream(file);
  std::string line;
  std::int64_t number = 0;
  bool same = stream.is_open();
  for_each([&](const auto& record) {
    ++number;
    if (!same) return;
    same = std::getline(stream, line) && !stream.eof() && line == JsonLine(record);  // with its line end
    if (!same) problems.push_back({file.filename(), fmt::format("line {} differs from the catalogue", number)});
  });
  if (!stream.is_open()) {
    problems.push_back({file.filename(), "is missing"});
  } else if (same && std::getline(stream, line)) {
    problems.push_back({file.filename(), fmt::format("has lines after {} that are not in the catalogue", number)});
  }
}

void CheckDescription(const CorpusFolder& corpus, std::vector<CorpusProblem>& problems) {
  try {
    ReadCorpusToml(corpus);
  } catch (const Error& error) {
    problems.push_back({corpus.description().filename(), error.what()});
  }
}

void CheckSplit(const CorpusFolder& corpus, const std::vector<SegmentRecord>& segments,
                std::vector<CorpusProblem>& problems) {
  if (!fs::exists(corpus.split())) return;
  const fs::path name = corpus.split().filename();
  try {
    const SplitRecord split = ReadSplit(corpus.split());
    std::size_t num_placed = 0;
    for (const SegmentRecord& segment : segments) num_placed += split.parts.count(segment.id);
    if (num_placed == segments.size() && num_placed == split.parts.size()) return;
    problems.push_back(
        {name, fmt::format("puts {} of {} into a part, and names {} that are not there; 'sezim corpus "
                           "split' makes it anew",
                           num_placed, Counted(std::ssize(segments), "segment"), split.parts.size() - num_placed)});
  } catch (const Error& error) {
    problems.push_back({name, error.what()});
  }
}

void CompareDigest(const fs::path& file, const std::string& name, const std::string& sha256,
                   std::vector<CorpusProblem>& problems) {
  try {
    if (Sha256OfFile(file) != sha256) problems.push_back({name, "differs from its record's sha256"});
  } catch (const Error& error) {
    problems.push_back({name, error.kind() == ErrorKind::kNotFound ? "is missing" : error.what()});
  }
}

// Downloads that were kept (--keep-media); one that is gone was taken away on purpose. Other files in their folder,
// which somebody has put there, are none of ours.
void CheckMedia(const CorpusFolder& corpus, const std::vector<SourceRow>& sources,
                std::vector<CorpusProblem>& problems) {
  std::map<std::string, std::string> digests;
  for (const SourceRow& source : sources) digests[source.id()] = source.sha256;
  std::error_code error;
  fs::directory_iterator at(corpus.media(), error);
  for (const fs::directory_iterator end; !error && at != end; at.increment(error)) {
    if (!corpus.HoldsDownload(at->path())) continue;
    const std::string name = DisplayName(at->path().lexically_relative(corpus.root()));
    const auto known = digests.find(at->path().stem().native());
    if (known == digests.end()) {
      problems.push_back({name, "belongs to no source"});
    } else {
      CompareDigest(at->path(), name, known->second, problems);
    }
  }
}

}  // namespace

bool IsUnfinished(const CorpusFolder& corpus) {
  if (fs::exists(corpus.scratch())) return true;
  const std::vector<SourceRow> sources = Catalog(corpus.catalog()).Sources();
  return std::any_of(sources.begin(), sources.end(),
                     [](const SourceRow& source) { return source.state == SourceState::kWorking; });
}

std::vector<std::string> VanishedSources(const CorpusFolder& corpus) {
  std::vector<std::string> names;
  for (const SourceRow& source : Catalog(corpus.catalog()).Sources()) {
    const bool is_file = source.locator.starts_with('/');
    std::error_code error;
    if (source.state == SourceState::kWorking && is_file && !fs::exists(source.locator, error)) {
      names.push_back(source.name);
    }
  }
  return names;
}

std::vector<CorpusProblem> VerifyCorpus(const CorpusFolder& corpus, const std::function<void(double)>& on_progress) {
  corpus.RequireCorpus();
  const Catalog catalog(corpus.catalog());
  std::vector<CorpusProblem> problems;
  if (const auto damage = catalog.Damage()) problems.push_back({corpus.catalog().filename(), *damage});
  CheckDescription(corpus, problems);
  CompareLines(
      corpus.segments(), [&](const auto& visit) { catalog.ForEachSegment(visit); }, problems);
  CompareLines(
      corpus.rejected(), [&](const auto& visit) { catalog.ForEachRejection(visit); }, problems);

  std::vector<SegmentRecord> segments;
  catalog.ForEachSegment([&](const SegmentRecord& segment) { segments.push_back(segment); });
  CheckSplit(corpus, segments, problems);
  std::set<fs::path> named;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const SegmentRecord& segment = segments[i];
    const fs::path file = corpus.AudioFile(segment.audio);
    named.insert(file);
    CompareDigest(file, segment.audio, segment.sha256, problems);
    if (i % 64 == 0) on_progress(static_cast<double>(i) / static_cast<double>(segments.size()));
  }
  CheckMedia(corpus, catalog.Sources(), problems);
  std::error_code error;
  fs::recursive_directory_iterator at(corpus.root() / "audio", error);
  for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
    if (fs::is_directory(at->symlink_status()) || named.contains(at->path())) continue;
    problems.push_back({DisplayName(at->path().lexically_relative(corpus.root())), "belongs to no segment"});
  }
  return problems;
}

}  // namespace sezim
