// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/split_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "sezim/base/counted.h"

namespace sezim {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kFarOff = 0.05;  // of all segments: said aloud

std::size_t IndexOf(Part part) {
  return static_cast<std::size_t>(part);
}

// Sets of parts as bits, by name.
using PartsOf = std::map<std::string, unsigned>;

ByPart<std::int64_t> CountByPart(const PartsOf& parts_of) {
  ByPart<std::int64_t> counts{};
  for (const auto& [name, bits] : parts_of) {
    for (std::size_t p = 0; p < kNumParts; ++p) counts[p] += (bits >> p) & 1U;
  }
  return counts;
}

std::int64_t NumShared(const PartsOf& parts_of) {
  return std::count_if(parts_of.begin(), parts_of.end(),
                       [](const auto& one) { return (one.second & (one.second - 1)) != 0; });
}

std::string Clock(double seconds) {
  const auto total = std::llround(seconds);
  return fmt::format("{}:{:02}:{:02}", total / 3600, total % 3600 / 60, total % 60);
}

}  // namespace

std::int64_t PartTotals::AllSegments() const {
  return std::accumulate(num_segments.begin(), num_segments.end(), std::int64_t{0});
}

double PartTotals::AllDuration() const {
  return std::accumulate(duration_s.begin(), duration_s.end(), 0.0);
}

double SplitReport::Got(Part part) const {
  std::int64_t all = 0;
  for (const PartTotals& one : parts) all += one.AllSegments();
  return all == 0 ? 0 : static_cast<double>(parts[IndexOf(part)].AllSegments()) / static_cast<double>(all);
}

SplitReport ReportOf(const std::vector<SplitItem>& items, const SplitRecord& split) {
  SplitReport report{.by = split.by, .wanted = split.shares};
  PartsOf parts_of_speaker;
  PartsOf parts_of_source;
  for (const SplitItem& item : items) {
    const std::size_t p = IndexOf(split.parts.at(item.id));
    const auto e = static_cast<std::size_t>(item.emotion);
    ++report.parts[p].num_segments[e];
    report.parts[p].duration_s[e] += item.duration_s;
    parts_of_source[item.source] |= 1U << p;
    parts_of_speaker[item.speaker.empty() ? "of source " + item.source : item.speaker] |= 1U << p;
    if (item.speaker.empty()) ++report.num_unknown_speaker;
  }
  const ByPart<std::int64_t> speakers = CountByPart(parts_of_speaker);
  const ByPart<std::int64_t> sources = CountByPart(parts_of_source);
  for (std::size_t p = 0; p < kNumParts; ++p) {
    report.parts[p].num_speakers = speakers[p];
    report.parts[p].num_sources = sources[p];
  }
  report.num_shared_speakers = NumShared(parts_of_speaker);
  report.num_shared_sources = NumShared(parts_of_source);
  const auto groups = GroupsBy(split.by, items);
  report.num_groups = static_cast<std::int64_t>(groups.size());
  for (const auto& group : groups) {
    report.largest_group = std::max(report.largest_group, static_cast<std::int64_t>(group.size()));
  }
  return report;
}

std::string TextOf(const SplitReport& report) {
  std::string text;
  const auto line = [&](std::string_view name, const auto& cell) {
    text += fmt::format("{:<10}", name);
    for (const Part part : kParts) text += fmt::format("{:>22}", cell(part));
    text += "\n";
  };
  const auto totals = [&](Part part) -> const PartTotals& { return report.parts[IndexOf(part)]; };
  const auto cell = [](std::int64_t count, double seconds) { return fmt::format("{}  {:>8}", count, Clock(seconds)); };
  line("segments", [](Part part) { return fmt::format("{}   h:mm:ss", NameOf(part)); });
  for (const Emotion emotion : kEmotions) {
    const auto e = static_cast<std::size_t>(emotion);
    line(NameOf(emotion), [&](Part part) { return cell(totals(part).num_segments[e], totals(part).duration_s[e]); });
  }
  line("total", [&](Part part) { return cell(totals(part).AllSegments(), totals(part).AllDuration()); });
  line("speakers", [&](Part part) { return totals(part).num_speakers; });
  line("sources", [&](Part part) { return totals(part).num_sources; });
  line("asked for", [&](Part part) { return fmt::format("{:.1f} %", 100 * report.wanted[IndexOf(part)]); });
  line("got", [&](Part part) { return fmt::format("{:.1f} %", 100 * report.Got(part)); });
  if (report.by == SplitBy::kSpeakerAndSource) {
    text += "no speaker and no source is in two parts\n";
  } else if (report.by == SplitBy::kSpeaker) {
    text += fmt::format("no speaker is in two parts; sources are shared: {} in more than one part\n",
                        Counted(report.num_shared_sources, "source"));
  } else {
    text += fmt::format("speakers are shared: {} and {} in more than one part\n",
                        Counted(report.num_shared_speakers, "speaker"), Counted(report.num_shared_sources, "source"));
  }
  return text;
}

std::string JsonOf(const SplitReport& report) {
  Json json;
  json["by"] = NameOf(report.by);
  for (const Part part : kParts) {
    const PartTotals& totals = report.parts[IndexOf(part)];
    Json& one = json["parts"][std::string(NameOf(part))];
    one = {{"segments", totals.AllSegments()},
           {"duration_s", totals.AllDuration()},
           {"speakers", totals.num_speakers},
           {"sources", totals.num_sources},
           {"asked_share", report.wanted[IndexOf(part)]},
           {"share", report.Got(part)}};
    for (const Emotion emotion : kEmotions) {
      const auto e = static_cast<std::size_t>(emotion);
      one["emotions"][std::string(NameOf(emotion))] = {{"segments", totals.num_segments[e]},
                                                       {"duration_s", totals.duration_s[e]}};
    }
  }
  json["speakers_shared"] = report.num_shared_speakers;
  json["sources_shared"] = report.num_shared_sources;
  json["segments_of_unknown_speakers"] = report.num_unknown_speaker;
  json["groups"] = report.num_groups;
  json["segments_in_largest_group"] = report.largest_group;
  return json.dump(1);
}

std::vector<std::string> NotesOn(const SplitReport& report) {
  std::vector<std::string> notes;
  if (report.by == SplitBy::kRandom) {
    notes.push_back(
        fmt::format("{} in more than one part: what is learned of a voice in one helps in the "
                    "others, so figures on this split say nothing about new speakers",
                    Counted(report.num_shared_speakers, "speaker")));
  }
  if (report.by == SplitBy::kSpeaker && report.num_shared_sources > 0) {
    notes.push_back(
        fmt::format("{} in more than one part: what is learned of a room, a microphone or a programme in "
                    "one helps in the others",
                    Counted(report.num_shared_sources, "source")));
  }
  double furthest = 0;
  for (const Part part : kParts) {
    furthest = std::max(furthest, std::abs(report.Got(part) - report.wanted[IndexOf(part)]));
    if (report.wanted[IndexOf(part)] <= 0) continue;
    std::vector<std::string_view> lacking;
    for (const Emotion emotion : kEmotions) {
      const auto e = static_cast<std::size_t>(emotion);
      const bool somewhere = std::any_of(report.parts.begin(), report.parts.end(),
                                         [&](const PartTotals& one) { return one.num_segments[e] > 0; });
      if (somewhere && report.parts[IndexOf(part)].num_segments[e] == 0) lacking.push_back(NameOf(emotion));
    }
    if (!lacking.empty()) notes.push_back(fmt::format("{} has no {}", NameOf(part), fmt::join(lacking, ", no ")));
  }
  if (furthest > kFarOff && report.by == SplitBy::kRandom) {
    notes.push_back(fmt::format("the shares are up to {:.0f} points off: there are only {} segments", 100 * furthest,
                                report.num_groups));
  } else if (furthest > kFarOff) {
    notes.push_back(fmt::format(
        "the shares are up to {:.0f} points off: segments that share a speaker{} stay "
        "together, and there are {} such groups, the largest with {} segments",
        100 * furthest, report.by == SplitBy::kSpeaker ? "" : " or a source", report.num_groups, report.largest_group));
  }
  if (report.num_unknown_speaker > 0) {
    notes.push_back(
        fmt::format("the speaker of {} segments is not known: {}, "
                    "so somebody who is in several sources may be in several parts",
                    report.num_unknown_speaker,
                    report.by == SplitBy::kSpeaker ? "a source with such segments is not divided"
                                                   : "each source counts as a speaker of its own"));
  }
  return notes;
}

}  // namespace sezim
