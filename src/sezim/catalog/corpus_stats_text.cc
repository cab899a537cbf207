// SPDX-License-Identifier: Apache-2.0
// The tables of corpus_stats.h for people.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>
#include <utility>

#include "sezim/base/counted.h"
#include "sezim/catalog/corpus_stats.h"

namespace sezim {
namespace {

std::string HoursText(double seconds) {
  const std::int64_t total = std::llround(seconds);
  return fmt::format("{}:{:02}:{:02}", total / 3600, total % 3600 / 60, total % 60);
}

std::string CountText(const SegmentTotals& totals) {
  return fmt::format("{}", totals.num_segments);
}

// One line for each emotion, one column for each language, totals at both ends.
std::string Table(const DatasetTotals& datasets, const char* title,
                  const std::function<std::string(const SegmentTotals&)>& cell) {
  const LabelTotals merged = datasets.Merged();
  std::string text = fmt::format("{:<10}", title);
  for (const auto& [language, totals] : datasets.by_language) text += fmt::format("{:>12}", language);
  text += fmt::format("{:>12}\n", "total");
  const auto add_line = [&](std::string_view name, const std::function<SegmentTotals(const LabelTotals&)>& value) {
    text += fmt::format("{:<10}", name);
    for (const auto& [language, totals] : datasets.by_language) text += fmt::format("{:>12}", cell(value(totals)));
    text += fmt::format("{:>12}\n", cell(value(merged)));
  };
  for (const Emotion emotion : kEmotions) {
    add_line(NameOf(emotion),
             [&](const LabelTotals& totals) { return totals.by_emotion[static_cast<std::size_t>(emotion)]; });
  }
  if (merged.without_label.num_segments > 0) {
    add_line("no label", [](const LabelTotals& totals) { return totals.without_label; });
  }
  add_line("total", [](const LabelTotals& totals) { return totals.All(); });
  return text;
}

std::string SpeakersText(const CorpusStats& stats, std::size_t max_speakers) {
  if (stats.by_speaker.empty()) return "";
  std::vector<std::pair<std::string, SegmentTotals>> speakers;
  for (const auto& [speaker, row] : stats.by_speaker) {
    speakers.emplace_back(speaker, LabelTotals{.by_emotion = row}.All());
  }
  std::stable_sort(speakers.begin(), speakers.end(),
                   [](const auto& a, const auto& b) { return a.second.duration_s > b.second.duration_s; });
  const std::string count = Counted(std::ssize(speakers), "speaker");
  if (max_speakers == 0) return fmt::format("\n{} (--speakers shows who speaks most)\n", count);
  std::string text = fmt::format("\n{:<28}{:>10}{:>12}\n", count, "segments", "h:mm:ss");
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
  const SegmentTotals before = stats.before_gates.All();
  std::string text =
      fmt::format("\n{:<22}{:>10}{:>12}{:>12}{:>12}\n{:<22}{:>22}{:>12}{:>12}\n", "gate", "rejected", "h:mm:ss", "left",
                  "h:mm:ss", "before all of them", "", before.num_segments, HoursText(before.duration_s));
  for (const GateStats& gate : stats.gates) {
    const SegmentTotals rejected = gate.rejected.All();
    const SegmentTotals left = gate.left.All();
    text += fmt::format("{:<22}{:>10}{:>12}{:>12}{:>12}\n", gate.reason, rejected.num_segments,
                        HoursText(rejected.duration_s), left.num_segments, HoursText(left.duration_s));
  }
  text += fmt::format("\n{:<22}", "segments left after");
  for (const Emotion emotion : kEmotions) text += fmt::format("{:>10}", NameOf(emotion));
  text += fmt::format("{:>10}\n", "no label");
  const auto add_line = [&](std::string_view name, const LabelTotals& totals) {
    text += fmt::format("{:<22}", name);
    for (const SegmentTotals& one : totals.by_emotion) text += fmt::format("{:>10}", one.num_segments);
    text += fmt::format("{:>10}\n", totals.without_label.num_segments);
  };
  add_line("(before all of them)", stats.before_gates.Merged());
  for (const GateStats& gate : stats.gates) add_line(gate.reason, gate.left.Merged());
  return text;
}

std::string VoiceText(const CorpusStats& stats) {
  const SegmentTotals before = stats.before_voice_check.All();
  std::string text;
  if (before.num_segments > stats.kept.All().num_segments) {
    text += "\nbefore the voice check\n" + Table(stats.before_voice_check, "segments", CountText);
  }
  if (stats.by_voice_check.empty()) return text;
  const auto of = [&](VoiceCheck check) {
    const auto found = stats.by_voice_check.find(check);
    return found == stats.by_voice_check.end() ? 0 : found->second.All().num_segments;
  };
  text += fmt::format(
      "\nvoice check: {} segments sound like their label, {} do not, {} are unverified (too short, or of a label that "
      "the voice model does not know)\n",
      of(VoiceCheck::kAgrees), of(VoiceCheck::kDisagrees), of(VoiceCheck::kUnverified));
  return text;
}

}  // namespace

std::string TextOf(const CorpusStats& stats, std::size_t max_speakers) {
  std::string text = Table(stats.kept, "segments", CountText);
  text += "\n" + Table(stats.kept, "h:mm:ss", [](const SegmentTotals& totals) { return HoursText(totals.duration_s); });
  const SourceCounts& counts = stats.sources;
  const char* of = stats.is_restricted ? " of the whole corpus" : "";
  text += fmt::format("\nsources{}: {} harvested, {} of video, {} of it speech", of, stats.num_sources_done,
                      HoursText(counts.duration_s), HoursText(counts.speech_s));
  if (stats.num_sources_working > 0) text += fmt::format("; {} not finished yet", stats.num_sources_working);
  text += fmt::format("\nframes{}: {} looked at; {} kept, {} without a face, {} with several, {} without a picture\n",
                      of, counts.frames_looked_at, counts.frames_kept, counts.frames_without_face,
                      counts.frames_with_several_faces, counts.frames_without_picture);
  text += SpeakersText(stats, max_speakers) + GatesText(stats) + VoiceText(stats);
  if (!stats.source_rejections.empty()) text += '\n';
  for (const auto& [reason, count] : stats.source_rejections) {
    text += fmt::format("rejected sources{}: {} {}\n", of, count, reason);
  }
  return text;
}

}  // namespace sezim
