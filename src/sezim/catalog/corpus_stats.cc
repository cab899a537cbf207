// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/corpus_stats.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kVoiceDisagrees = "voice-disagrees";
constexpr std::string_view kVoiceUnknown = "voice-unknown";

// Reasons in the order in which the harvest comes to them; others follow by name.
constexpr std::array<std::string_view, 18> kGateOrder = {
    "no-face",     "face-too-short",     "face-too-small", "face-turned-away",  "face-blurred",  "too-few-pictures",
    "mouth-rests", "voice-of-another",   "unsure-label",   "too-few-frames",    "noisy",         "clipped",
    "music",       "overlapping-voices", "repeated",       "repeated-pictures", kVoiceDisagrees, kVoiceUnknown};

// Whether a segment of this language and label is to be counted.
bool IsWanted(const StatsOptions& options, const std::string& language, const std::optional<Emotion>& emotion) {
  const auto has = [](const auto& list, const auto& one) {
    return std::find(list.begin(), list.end(), one) != list.end();
  };
  if (!options.languages.empty() && !has(options.languages, language)) return false;
  return !emotion || !has(options.without, *emotion);
}

Json JsonOf(const SegmentTotals& totals) {
  return {{"segments", totals.num_segments}, {"duration_s", totals.duration_s}};
}

Json JsonOf(const EmotionTotals& totals) {
  Json json;
  for (const Emotion emotion : kEmotions) {
    json[std::string(NameOf(emotion))] = JsonOf(totals[static_cast<std::size_t>(emotion)]);
  }
  return json;
}

Json JsonOf(const LabelTotals& totals) {
  Json json = JsonOf(totals.by_emotion);
  json["without_label"] = JsonOf(totals.without_label);
  return json;
}

Json JsonOf(const DatasetTotals& totals) {
  Json json = JsonOf(totals.All());
  json["languages"] = Json::object();
  for (const auto& [language, of_language] : totals.by_language) json["languages"][language] = JsonOf(of_language);
  json["merged"] = JsonOf(totals.Merged());
  return json;
}

void RequireKnown(const std::vector<std::string>& wanted, const std::set<std::string>& known) {
  for (const std::string& language : wanted) {
    if (known.contains(language)) continue;
    throw Error(ErrorKind::kNotFound,
                fmt::format("nothing in this corpus is in the language '{}'", ValidUtf8(language)),
                known.empty() ? "harvest into it first"
                              : fmt::format("it has {} ('unknown': none is recorded)", fmt::join(known, ", ")));
  }
}

}  // namespace

SegmentTotals& SegmentTotals::operator+=(const SegmentTotals& other) {
  num_segments += other.num_segments;
  duration_s += other.duration_s;
  return *this;
}

SegmentTotals LabelTotals::All() const {
  SegmentTotals all = without_label;
  for (const SegmentTotals& one : by_emotion) all += one;
  return all;
}

LabelTotals& LabelTotals::operator+=(const LabelTotals& other) {
  for (std::size_t i = 0; i < kNumEmotions; ++i) by_emotion[i] += other.by_emotion[i];
  without_label += other.without_label;
  return *this;
}

LabelTotals DatasetTotals::Merged() const {
  LabelTotals merged;
  for (const auto& [language, totals] : by_language) merged += totals;
  return merged;
}

DatasetTotals& DatasetTotals::operator+=(const DatasetTotals& other) {
  for (const auto& [language, totals] : other.by_language) by_language[language] += totals;
  return *this;
}

CorpusStats StatsOf(const Catalog& catalog, const StatsOptions& options) {
  CorpusStats stats;
  stats.is_restricted = !options.languages.empty() || !options.without.empty();
  std::set<std::string> known;
  for (const SourceRow& source : catalog.Sources()) {
    if (source.state == SourceState::kWorking) ++stats.num_sources_working;
    if (source.state != SourceState::kDone) continue;
    ++stats.num_sources_done;
    stats.sources += source.counts;
  }
  catalog.ForEachSegment([&](const SegmentRecord& segment) {
    const std::string language = segment.language.value_or("unknown");
    known.insert(language);
    if (!IsWanted(options, language, segment.emotion)) return;
    const SegmentTotals one{.num_segments = 1, .duration_s = segment.duration_s()};
    const auto emotion = static_cast<std::size_t>(segment.emotion);
    stats.kept.by_language[language].by_emotion[emotion] += one;
    if (segment.speaker) stats.by_speaker[*segment.speaker][emotion] += one;
    if (segment.voice_check) stats.by_voice_check[*segment.voice_check].by_emotion[emotion] += one;
  });
  std::map<std::string, DatasetTotals, std::less<>> rejected;
  catalog.ForEachRejection([&](const RejectionRecord& rejection) {
    if (!rejection.start_ms || !rejection.end_ms) {
      ++stats.source_rejections[rejection.reason];
      return;
    }
    const std::string language = rejection.language.value_or("unknown");
    known.insert(language);
    if (!IsWanted(options, language, rejection.emotion)) return;
    LabelTotals& totals = rejected[rejection.reason].by_language[language];
    const double duration_s = static_cast<double>(*rejection.end_ms - *rejection.start_ms) / 1000;
    (rejection.emotion ? totals.by_emotion[static_cast<std::size_t>(*rejection.emotion)] : totals.without_label) +=
        SegmentTotals{.num_segments = 1, .duration_s = duration_s};
  });
  RequireKnown(options.languages, known);

  stats.before_voice_check = stats.kept;
  for (const std::string_view reason : {kVoiceDisagrees, kVoiceUnknown}) {
    if (const auto found = rejected.find(reason); found != rejected.end()) stats.before_voice_check += found->second;
  }
  const auto add_gate = [&](const std::string& reason) {
    if (auto found = rejected.extract(reason))
      stats.gates.push_back({.reason = reason, .rejected = std::move(found.mapped())});
  };
  for (const std::string_view reason : kGateOrder) add_gate(std::string(reason));
  while (!rejected.empty()) add_gate(std::string(rejected.begin()->first));
  stats.before_gates = stats.kept;
  for (auto gate = stats.gates.rbegin(); gate != stats.gates.rend(); ++gate) {
    gate->left = stats.before_gates;
    stats.before_gates += gate->rejected;
  }
  return stats;
}

std::string JsonOf(const CorpusStats& stats) {
  Json json;
  json["languages"] = Json::object();  // a kept segment has a label
  for (const auto& [language, totals] : stats.kept.by_language) json["languages"][language] = JsonOf(totals.by_emotion);
  json["merged"] = JsonOf(stats.kept.Merged().by_emotion);
  json["speakers"] = Json::object();
  for (const auto& [speaker, row] : stats.by_speaker) {
    json["speakers"][speaker] = JsonOf(LabelTotals{.by_emotion = row}.All());
    for (const Emotion emotion : kEmotions) {
      const SegmentTotals& totals = row[static_cast<std::size_t>(emotion)];
      if (totals.num_segments > 0) json["speakers"][speaker][std::string(NameOf(emotion))] = JsonOf(totals);
    }
  }
  json["before_gates"] = JsonOf(stats.before_gates);
  json["gates"] = Json::array();
  json["rejected_segments"] = Json::object();
  for (const GateStats& gate : stats.gates) {
    json["gates"].push_back(
        {{"reason", gate.reason}, {"rejected", JsonOf(gate.rejected)}, {"left", JsonOf(gate.left)}});
    json["rejected_segments"][gate.reason] = gate.rejected.All().num_segments;
  }
  json["before_voice_check"] = JsonOf(stats.before_voice_check);
  json["voice_check"] = Json::object();
  for (const auto& [check, totals] : stats.by_voice_check) {
    Json& of_check = json["voice_check"][std::string(NameOf(check))] = JsonOf(totals.All());
    of_check["emotions"] = JsonOf(totals.by_emotion);
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
  json["rejected_sources"] = stats.source_rejections;
  return json.dump(1);
}

}  // namespace sezim
