// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/corpus_stats.h"

#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>

namespace sezim {
namespace {

using Json = nlohmann::ordered_json;
using ByEmotion = std::array<SegmentTotals, kNumEmotions>;

std::string HoursText(double seconds) {
  const auto total = static_cast<std::int64_t>(seconds + 0.5);
  return fmt::format("{}:{:02}:{:02}", total / 3600, total % 3600 / 60, total % 60);
}

SegmentTotals Sum(const ByEmotion& row) {
  SegmentTotals sum;
  for (const SegmentTotals& one : row) {
    sum.num_segments += one.num_segments;
    sum.duration_s += one.duration_s;
  }
  return sum;
}

// One line for each emotion, one column for each language, totals at both ends.
std::string Table(const CorpusStats& stats, const char* title,
                  const std::function<std::string(const SegmentTotals&)>& cell) {
  std::string text = fmt::format("{:<10}", title);
  for (const auto& [language, row] : stats.by_language) text += fmt::format("{:>12}", language);
  text += fmt::format("{:>12}\n", "total");
  const auto add_line = [&](std::string_view name, const std::function<SegmentTotals(const ByEmotion&)>& value) {
    SegmentTotals sum;
    text += fmt::format("{:<10}", name);
    for (const auto& [language, row] : stats.by_language) {
      const SegmentTotals one = value(row);
      text += fmt::format("{:>12}", cell(one));
      sum.num_segments += one.num_segments;
      sum.duration_s += one.duration_s;
    }
    text += fmt::format("{:>12}\n", cell(sum));
  };
  for (const Emotion emotion : kEmotions) {
    add_line(NameOf(emotion), [&](const ByEmotion& row) { return row[static_cast<std::size_t>(emotion)]; });
  }
  add_line("total", Sum);
  return text;
}

}  // namespace

CorpusStats StatsOf(const Catalog& catalog) {
  CorpusStats stats;
  for (const SourceRow& source : catalog.Sources()) {
    if (source.state == SourceState::kWorking) ++stats.num_sources_working;
    if (source.state != SourceState::kDone) continue;
    ++stats.num_sources_done;
    stats.sources += source.counts;
  }
  catalog.ForEachSegment([&](const SegmentRecord& segment) {
    SegmentTotals& totals =
        stats.by_language[segment.language.value_or("unknown")][static_cast<std::size_t>(segment.emotion)];
    ++totals.num_segments;
    totals.duration_s += segment.duration_s();
  });
  catalog.ForEachRejection([&](const RejectionRecord& rejection) {
    ++(rejection.start_ms ? stats.segment_rejections : stats.source_rejections)[rejection.reason];
  });
  return stats;
}

std::string TextOf(const CorpusStats& stats) {
  std::string text =
      Table(stats, "segments", [](const SegmentTotals& totals) { return fmt::format("{}", totals.num_segments); });
  text += "\n" + Table(stats, "h:mm:ss", [](const SegmentTotals& totals) { return HoursText(totals.duration_s); });
  const SourceCounts& counts = stats.sources;
  text += fmt::format("\nsources: {} harvested, {} of video, {} of it speech", stats.num_sources_done,
                      HoursText(counts.duration_s), HoursText(counts.speech_s));
  if (stats.num_sources_working > 0) text += fmt::format("; {} not finished yet", stats.num_sources_working);
  text += fmt::format("\nframes: {} looked at; {} kept, {} without a face, {} with several, {} without a picture\n",
                      counts.frames_looked_at, counts.frames_kept, counts.frames_without_face,
                      counts.frames_with_several_faces, counts.frames_without_picture);
  for (const auto& [reason, count] : stats.segment_rejections) {
    text += fmt::format("rejected segments: {} {}\n", count, reason);
  }
  for (const auto& [reason, count] : stats.source_rejections) {
    text += fmt::format("rejected sources: {} {}\n", count, reason);
  }
  return text;
}

std::string JsonOf(const CorpusStats& stats) {
  Json json;
  for (const auto& [language, row] : stats.by_language) {
    for (const Emotion emotion : kEmotions) {
      const SegmentTotals& totals = row[static_cast<std::size_t>(emotion)];
      json["languages"][language][std::string(NameOf(emotion))] = {{"segments", totals.num_segments},
                                                                   {"duration_s", totals.duration_s}};
    }
  }
  const SourceCounts& counts = stats.sources;
  json["sources"] = {{"done", stats.num_sources_done},
                     {"working", stats.num_sources_working},
                     {"duration_s", counts.duration_s},
                     {"speech_s", counts.speech_s}};
  json["frames"] = {{"looked_at", counts.frames_looked_at},
                    {"kept", counts.frames_kept},
                    {"without_face", counts.frames_without_face},
                    {"with_several_faces", counts.frames_with_several_faces},
                    {"without_picture", counts.frames_without_picture}};
  json["rejected_segments"] = stats.segment_rejections;
  json["rejected_sources"] = stats.source_rejections;
  return json.dump(1);
}

}  // namespace sezim
