// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/corpus_export.h"

#include <fmt/format.h>

#include <toml++/toml.h>

#include <algorithm>
#include <set>

#include "sezim/base/error.h"
#include "sezim/base/sha256.h"
#include "sezim/corpus/corpus_toml.h"
#include "sezim/corpus/segment_file.h"
#include "sezim/publish/corpus_split.h"
#include "sezim/publish/croissant.h"
#include "sezim/publish/datasheet.h"
#include "sezim/publish/target_folder.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxIdBytes = 100;
constexpr std::int64_t kMinShardBytes = std::int64_t{1} << 20;

void RequireOutside(const fs::path& out, const CorpusFolder& corpus) {
  if (!corpus.Holds(out)) return;
  throw Error(ErrorKind::kUsage, fmt::format("'{}' lies in the corpus itself", DisplayName(out)),
              "give a folder elsewhere: what is dropped from the corpus must not stay there in an export");
}

std::string NameIn(const std::string& corpus_toml) {
  return toml::parse(corpus_toml)["corpus"]["name"].value_or(std::string("corpus"));
}

// Ids become names of files: a catalogue from somebody else must not lead out of the export.
void RequireSafe(const SegmentRecord& record) {
  const auto is_safe = [](const std::string& id) {
    return !id.empty() && id.size() <= kMaxIdBytes && std::all_of(id.begin(), id.end(), [](unsigned char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    });
  };
  if (is_safe(record.id) && is_safe(record.source_id) && (!record.speaker || is_safe(*record.speaker))) return;
  throw Error(ErrorKind::kBadInput,
              fmt::format("the catalogue holds a segment that sezim did not write: '{}' of '{}' by '{}'",
                          ValidUtf8(record.id), ValidUtf8(record.source_id), ValidUtf8(record.speaker.value_or(""))),
              "harvest the sources into a new folder");
}

std::vector<PublishedSegment> SegmentsOf(const Catalog& catalog, const CorpusFolder& corpus,
                                         const std::optional<SplitRecord>& split) {
  std::vector<PublishedSegment> segments;
  catalog.ForEachSegment([&](const SegmentRecord& record) {
    RequireSafe(record);
    segments.push_back({.record = record});
  });
  if (segments.empty()) {
    throw Error(ErrorKind::kUsage, fmt::format("the corpus '{}' has no segments to export", DisplayName(corpus.root())),
                "harvest sources with speaking faces into it");
  }
  if (!split) return segments;
  std::vector<SplitItem> items;
  for (const PublishedSegment& segment : segments) items.push_back(SplitItemOf(segment.record));
  RequireFits(*split, items, corpus);
  for (PublishedSegment& segment : segments) segment.part = split->parts.at(segment.record.id);
  return segments;
}

// The order in which sounds are written. Shards are read from front to end, so theirs mixes sources and emotions.
std::vector<std::size_t> OrderOf(const std::vector<PublishedSegment>& segments, ExportFormat format) {
  std::vector<std::pair<std::string, std::size_t>> keyed(segments.size());
  for (std::size_t i = 0; i < segments.size(); ++i) {
    keyed[i] = {format == ExportFormat::kWebDataset ? Sha256OfText(segments[i].record.id) : "", i};
  }
  std::sort(keyed.begin(), keyed.end());
  std::vector<std::size_t> order(segments.size());
  std::transform(keyed.begin(), keyed.end(), order.begin(), [](const auto& one) { return one.second; });
  return order;
}

std::vector<std::string> LanguagesOf(const std::vector<PublishedSegment>& segments) {
  std::set<std::string> languages;
  for (const PublishedSegment& segment : segments) {
    if (segment.record.language) languages.insert(*segment.record.language);
  }
  return {languages.begin(), languages.end()};
}

SplitReport TotalsOf(const std::vector<PublishedSegment>& segments, const std::optional<SplitRecord>& split) {
  std::vector<SplitItem> items;
  SplitRecord parts = split.value_or(SplitRecord{});
  for (const PublishedSegment& segment : segments) {
    items.push_back(SplitItemOf(segment.record));
    parts.parts.try_emplace(segment.record.id, segment.part);
  }
  return ReportOf(items, parts);
}

PublishedFile WriteTable(const fs::path& folder, const char* name, const char* description, const std::string& text) {
  WriteNewFile(folder / name, text);
  return {.path = name,
          .media_type = "text/csv",
          .description = description,
          .sha256 = Sha256OfText(text),
          .num_bytes = static_cast<std::int64_t>(text.size())};
}

std::vector<std::string> NotSaid(const DatasetFacts& facts) {
  std::vector<std::string> missing;
  for (const auto& [option, text] : {std::pair("--license", &facts.license),
                                     {"--creator", &facts.creator},
                                     {"--url", &facts.url},
                                     {"--date", &facts.date},
                                     {"--cite", &facts.citation}}) {
    if (text->empty()) missing.emplace_back(option);
  }
  return missing;
}

Exported WriteAll(const CorpusFolder& corpus, const ExportOptions& options,
                  const std::function<void(double)>& on_progress) {
  const FileLock lock = corpus.Lock();
  const Catalog catalog(corpus.catalog());
  const std::string corpus_toml = ReadCorpusToml(corpus);
  std::optional<SplitRecord> split;
  if (options.use_split && fs::exists(corpus.split())) split = ReadSplit(corpus.split());
  DatasheetInput sheet{.facts = options.facts, .format = NameOf(options.format), .is_split = split.has_value()};
  if (sheet.facts.name.empty()) sheet.facts.name = ValidUtf8(NameIn(corpus_toml));
  sheet.facts.RequireValid();

  std::vector<PublishedSegment> segments = SegmentsOf(catalog, corpus, split);
  const bool all_have_snr =
      std::all_of(segments.begin(), segments.end(), [](const auto& one) { return one.record.snr_db.has_value(); });
  TargetFolder target(options.out);
  const auto writer = ExportWriter::Create(options.format, target.folder(),
                                           {.shard_bytes = options.shard_bytes, .with_snr = all_have_snr});
  std::size_t num_done = 0;
  for (const std::size_t i : OrderOf(segments, options.format)) {
    if (options.stop.stop_requested()) throw Error(ErrorKind::kInterrupted, "stopped; nothing was exported");
    const SegmentRecord& record = segments[i].record;
    writer->Add(segments[i], {.file = corpus.AudioFile(record.audio), .bytes = ReadSegmentFile(corpus, record)});
    on_progress(static_cast<double>(++num_done) / static_cast<double>(segments.size()));
  }

  sheet.totals = TotalsOf(segments, split);
  sheet.sources = PublishedSources(catalog.Sources(), segments);
  sheet.languages = LanguagesOf(segments);
  const auto is_heard = [](const PublishedSegment& one) { return one.record.voice_check.has_value(); };
  sheet.num_heard = std::count_if(segments.begin(), segments.end(), is_heard);
  sheet.num_without_language = std::count_if(
      segments.begin(), segments.end(), [](const PublishedSegment& one) { return !one.record.language.has_value(); });
  sheet.corpus_toml = corpus_toml;
  const fs::path& folder = target.folder();
  ExportContent content{.files = {WriteTable(folder, "segments.csv", "A row for each segment", SegmentsCsv(segments)),
                                  WriteTable(folder, "SOURCES.csv", "A row for each source: address and licence",
                                             SourcesCsv(sheet.sources))},
                        .sound_patterns = writer->sound_patterns(),
                        .sound_type = segments.front().file.ends_with(".wav") ? "audio/wav" : "audio/flac",
                        .languages = sheet.languages};
  for (PublishedFile& file : writer->Finish()) content.files.push_back(std::move(file));
  WriteNewFile(folder / "croissant.json", CroissantJson(sheet.facts, DescriptionOf(sheet), content));
  WriteNewFile(folder / "DATASHEET.md", DatasheetMarkdown(sheet));
  target.Commit();
  return {.num_segments = static_cast<std::int64_t>(segments.size()),
          .is_split = sheet.is_split,
          .not_said = NotSaid(sheet.facts)};
}

}  // namespace

Exported ExportCorpus(const CorpusFolder& corpus, const ExportOptions& options,
                      const std::function<void(double)>& on_progress) {
  corpus.RequireCorpus();
  OptionChecks checks("options of an export");
  checks.Require(!options.out.empty(), "a folder to export to must be given");
  checks.Require(options.shard_bytes >= kMinShardBytes, "a shard must have at least 1 MiB");
  checks.ThrowIfAny();
  RequireOutside(options.out, corpus);
  try {
    return WriteAll(corpus, options, on_progress);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kNoSpace) throw;
    throw Error(error.kind(), error.what(), "free some space there, or export to another disk: nothing was left there");
  }
}

}  // namespace sezim
