// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/clip_stats.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sezim/base/error.h"

namespace sezim {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kSecondsPerHour = 3600;

void Add(ClipCounts& counts, const Clip& clip, double duration_s) {
  ++counts.num_clips;
  counts.num_female += clip.sex == "female" ? 1 : 0;
  counts.num_male += clip.sex == "male" ? 1 : 0;
  counts.duration_s += duration_s;
  if (!clip.speaker.empty()) counts.speakers.insert(clip.speaker);
}

std::string Row(const std::string& name, const ClipCounts& counts, std::size_t width, bool hours) {
  std::string row =
      fmt::format("{:<{}}{:>8}{:>10}{:>8}{:>8}{:>9}", name, width, counts.num_clips, counts.speakers.size(),
                  counts.num_female, counts.num_male, counts.num_clips - counts.num_female - counts.num_male);
  if (hours) row += fmt::format("{:>9.3f}", counts.duration_s / kSecondsPerHour);
  return row + '\n';
}

Json JsonOf(const ClipCounts& counts, bool hours) {
  Json json{{"clips", counts.num_clips},
            {"speakers", counts.speakers.size()},
            {"female", counts.num_female},
            {"male", counts.num_male}};
  if (hours) json["hours"] = counts.duration_s / kSecondsPerHour;
  return json;
}

}  // namespace

ClipStats StatsOf(std::span<const Clip> clips, std::span<const double> durations_s) {
  Check(durations_s.empty() || durations_s.size() == clips.size(), "one length for each clip, or none at all");
  ClipStats stats;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    const double duration_s = durations_s.empty() ? 0 : durations_s[i];
    Add(stats.all, clips[i], duration_s);
    Add(stats.by_emotion[clips[i].emotion], clips[i], duration_s);
    ++stats.by_speaker[clips[i].speaker][clips[i].emotion];
    ++stats.by_language[clips[i].language.value_or("")];
    if (clips[i].part) ++stats.by_part[*clips[i].part];
  }
  return stats;
}

std::string TextOf(const ClipStats& stats, bool hours) {
  std::size_t width = 10;
  for (const auto& [emotion, counts] : stats.by_emotion) width = std::max(width, emotion.size() + 2);
  std::string text = fmt::format("{:<{}}{:>8}{:>10}{:>8}{:>8}{:>9}{}\n", "emotion", width, "clips", "speakers",
                                 "female", "male", "unknown", hours ? "    hours" : "");
  for (const auto& [emotion, counts] : stats.by_emotion) text += Row(emotion, counts, width, hours);
  text += Row("all", stats.all, width, hours);
  std::size_t speaker_width = 10;
  for (const auto& [speaker, counts] : stats.by_speaker) speaker_width = std::max(speaker_width, speaker.size() + 2);
  text += fmt::format("\n{:<{}}{:>8}", "speaker", speaker_width, "clips");
  for (const auto& [emotion, counts] : stats.by_emotion) text += fmt::format("{:>{}}", emotion, width);
  text += '\n';
  for (const auto& [speaker, counts] : stats.by_speaker) {
    std::size_t sum = 0;
    for (const auto& [emotion, count] : counts) sum += count;
    text += fmt::format("{:<{}}{:>8}", speaker.empty() ? "unknown" : speaker, speaker_width, sum);
    for (const auto& [emotion, all] : stats.by_emotion) {
      const auto found = counts.find(emotion);
      text += fmt::format("{:>{}}", found == counts.end() ? 0 : found->second, width);
    }
    text += '\n';
  }
  return text;
}

std::string JsonOf(const ClipStats& stats, const ClipCorpus& corpus, bool hours) {
  Json json{{"corpus", corpus.name}, {"licence", corpus.licence}, {"all", JsonOf(stats.all, hours)}};
  json["by_emotion"] = Json::object();
  for (const auto& [emotion, counts] : stats.by_emotion) json["by_emotion"][emotion] = JsonOf(counts, hours);
  json["by_speaker"] = stats.by_speaker;
  json["by_language"] = stats.by_language;
  json["by_part"] = stats.by_part;
  json["problems"] = corpus.problems;
  return json.dump(1);
}

}  // namespace sezim
