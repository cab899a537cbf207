// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/corpus_stats.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

namespace sezim {
namespace {

using Json = nlohmann::ordered_json;

// Reasons in the order in which the harvest comes to them; others follow by name.
constexpr std::array<std::string_view, 17> kGateOrder = {"no-face",
                                                         "face-too-short",
                                                         "face-too-small",
                                                         "face-turned-away",
                                                         "face-blurred",
                                                         "mouth-rests",
                                                         "voice-of-another",
                                                         "unsure-label",
                                                         "too-few-frames",
                                                         "noisy",
                                                         "clipped",
                                                         "music",
                                                         "overlapping-voices",
                                                         "repeated",
                                                         "repeated-pictures",
                                                         "voice-disagrees",
                                                         "voice-unknown"};

std::string HoursText(double seconds) {
  const std::int64_t total = std::llround(seconds);
  return fmt::format("{}:{:02}:{:02}", total / 3600, total % 3600 / 60, total % 60);
}

SegmentTotals Sum(const EmotionTotals& row) {
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
  const auto add_line = [&](std::string_view name, const std::function<SegmentTotals(const EmotionTotals&)>& value) {
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
    add_line(NameOf(emotion), [&](const EmotionTotals& row) { return row[static_cast<std::size_t>(emotion)]; });
  }
  add_line("total", Sum);
  return text;
}

void Add(SegmentTotals& totals, double duration_s) {
  ++totals.num_segments;
  totals.duration_s += duration_s;
}

std::string SpeakersText(const CorpusStats& stats, std::size_t max_speakers) {
  if (stats.by_speaker.empty()) return "";
  std::vector<std::pair<std::string, SegmentTotals>> speakers;
  for (const auto& [speaker, row] : stats.by_speaker) speakers.emplace_back(speaker, Sum(row));
  std::stable_sort(speakers.begin(), speakers.end(),
                   [](const auto& a, const auto& b) { return a.second.duration_s > b.second.duration_s; });
  std::string text =
      fmt::format("\n{:<28}{:>10}{:>12}\n", fmt::format("{} speakers", speakers.size()), "segments", "h:mm:ss");
  for (std::size_t i = 0; i < std::min(max_speakers, speakers.size()); ++i) {
    const auto& [speaker, totals] = speakers[i];
    text += fmt::format("{:<28}{:>10}{:>12}\n", speaker, totals.num_segments, HoursText(totals.duration_s));
  }
  if (speakers.size() > max_speakers) {
    text += fmt::format("and {} who speak less (--speakers shows more)\n", speakers.size() - max_speakers);
  }
  return text;
}

std::string GatesText(const CorpusStats& stats) {
  if (stats.gates.empty()) return "";
  std::string text = fmt::format("\n{:<22}{:>10}{:>12}{:>12}{:>12}\n{:<22}{:>22}{:>12}{:>12}\n", "gate", "rejected",
                                 "h:mm:ss", "left", "h:mm:ss", "before all of them", "",
                                 stats.before_gates.num_segments, HoursText(stats.before_gates.duration_s));
  for (const GateStats& gate : stats.gates) {
    text += fmt::format("{:<22}{:>10}{:>12}{:>12}{:>12}\n", gate.reason, gate.rejected.num_segments,
                        HoursText(gate.rejected.duration_s), gate.left.num_segments, HoursText(gate.left.duration_s));
  }
  return text;
}

}  // namespace

CorpusStats StatsOf(const Catalog& catalog, const StatsOptions& options) {
  CorpusStats stats;
  for (const SourceRow& source : catalog.Sources()) {
    if (source.state == SourceState::kWorking) ++stats.num_sources_working;
    if (source.state != SourceState::kDone) continue;
    ++stats.num_sources_done;
    stats.sources += source.counts;
  }
  SegmentTotals kept;
  catalog.ForEachSegment([&](const SegmentRecord& segment) {
    Add(kept, segment.duration_s());
    const std::string language = segment.language.value_or("unknown");
    const auto has = [](const auto& list, const auto& one) {
      return std::find(list.begin(), list.end(), one) != list.end();
    };
    if (!options.languages.empty() && !has(options.languages, language)) return;
    if (has(options.without, segment.emotion)) return;
    const auto emotion = static_cast<std::size_t>(segment.emotion);
    Add(stats.by_language[language][emotion], segment.duration_s());
    if (segment.speaker) Add(stats.by_speaker[*segment.speaker][emotion], segment.duration_s());
  });
  std::map<std::string, SegmentTotals> rejected;
  catalog.ForEachRejection([&](const RejectionRecord& rejection) {
    if (!rejection.start_ms || !rejection.end_ms) {
      ++stats.source_rejections[rejection.reason];
      return;
    }
    ++stats.segment_rejections[rejection.reason];
    Add(rejected[rejection.reason], static_cast<double>(*rejection.end_ms - *rejection.start_ms) / 1000);
  });

  const auto add_gate = [&](const std::string& reason) {
    if (const auto found = rejected.extract(reason))
      stats.gates.push_back({.reason = reason, .rejected = found.mapped()});
  };
  for (const std::string_view reason : kGateOrder) add_gate(std::string(reason));
  while (!rejected.empty()) add_gate(std::string(rejected.begin()->first));
  stats.before_gates = kept;
  for (auto gate = stats.gates.rbegin(); gate != stats.gates.rend(); ++gate) {
    gate->left = stats.before_gates;
    stats.before_gates.num_segments += gate->rejected.num_segments;
    stats.before_gates.duration_s += gate->rejected.duration_s;
  }
  return stats;
}

std::string TextOf(const CorpusStats& stats, std::size_t max_speakers) {
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
  text += SpeakersText(stats, max_speakers) + GatesText(stats);
  if (!stats.source_rejections.empty()) text += '\n';
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
  const auto totals_json = [](const SegmentTotals& totals) {
    return Json{{"segments", totals.num_segments}, {"duration_s", totals.duration_s}};
  };
  json["speakers"] = Json::object();
  for (const auto& [speaker, row] : stats.by_speaker) {
    json["speakers"][speaker] = totals_json(Sum(row));
    for (const Emotion emotion : kEmotions) {
      const SegmentTotals& totals = row[static_cast<std::size_t>(emotion)];
      if (totals.num_segments > 0) json["speakers"][speaker][std::string(NameOf(emotion))] = totals_json(totals);
    }
  }
  json["before_gates"] = totals_json(stats.before_gates);
  json["gates"] = Json::array();
  for (const GateStats& gate : stats.gates) {
    json["gates"].push_back(
        {{"reason", gate.reason}, {"rejected", totals_json(gate.rejected)}, {"left", totals_json(gate.left)}});
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
