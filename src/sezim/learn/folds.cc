// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/folds.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/learn/balanced_parts.h"

namespace sezim {
namespace {

constexpr const char* kRemedyForUnknown =
    "name the speaker of every clip; only random-draws, and official with speakers_shared = true, do without";

// The clips of each speaker, by name.
using ClipsOfSpeaker = std::map<std::string, std::vector<std::size_t>>;

ClipsOfSpeaker GroupBySpeaker(std::span<const std::string> speakers) {
  ClipsOfSpeaker clips;
  for (std::size_t i = 0; i < speakers.size(); ++i) {
    if (speakers[i].empty()) {
      throw Error(
          ErrorKind::kUsage,
          fmt::format("clip {} of {} has no speaker, so that no split can keep them apart", i + 1, speakers.size()),
          kRemedyForUnknown);
    }
    clips[speakers[i]].push_back(i);
  }
  return clips;
}

Error TooFewSpeakers(std::size_t there_are, std::size_t needed, std::string_view what) {
  return {ErrorKind::kUsage, fmt::format("too few speakers ({}) for {}, which needs {}", there_are, what, needed),
          "add clips of other speakers, ask for fewer folds, or use the protocol random-draws, which shares speakers"};
}

// Deals whole speakers out to parts of these shares; the part of each clip.
std::vector<std::size_t> PartOfEachClip(std::span<const std::string> speakers, std::span<const double> shares,
                                        std::uint64_t seed, std::span<const std::string> classes) {
  Check(classes.empty() || classes.size() == speakers.size(), "one class for each clip, or none at all");
  const ClipsOfSpeaker clips = GroupBySpeaker(speakers);
  std::map<std::string, std::size_t> index_of_class;
  for (const std::string& one : classes) index_of_class.try_emplace(one, 0);
  std::size_t num_classes = 0;
  for (auto& [name, index] : index_of_class) index = num_classes++;
  std::vector<std::vector<std::int64_t>> counts;
  for (const auto& [speaker, indices] : clips) {
    std::vector<std::int64_t> count(std::max<std::size_t>(1, num_classes));
    for (const std::size_t i : indices) ++count[classes.empty() ? 0 : index_of_class.at(classes[i])];
    counts.push_back(std::move(count));
  }
  const std::vector<std::size_t> part_of_speaker = BalancedParts(counts, shares, seed);
  std::vector<std::size_t> part_of_clip(speakers.size());
  std::size_t speaker_index = 0;
  for (const auto& [speaker, indices] : clips) {
    for (const std::size_t i : indices) part_of_clip[i] = part_of_speaker[speaker_index];
    ++speaker_index;
  }
  return part_of_clip;
}

// The fold that tests on the clips of `part`.
Fold FoldTesting(std::size_t part, const std::vector<std::size_t>& part_of_clip, std::string name) {
  Fold fold{.name = std::move(name)};
  for (std::size_t i = 0; i < part_of_clip.size(); ++i) {
    (part_of_clip[i] == part ? fold.test : fold.train).push_back(i);
  }
  return fold;
}

}  // namespace

std::vector<Fold> LeaveOneSpeakerOut(std::span<const std::string> speakers) {
  const ClipsOfSpeaker clips = GroupBySpeaker(speakers);
  if (clips.size() < 2) throw TooFewSpeakers(clips.size(), 2, "leaving one speaker out");
  std::vector<std::size_t> part_of_clip(speakers.size());
  std::size_t part = 0;
  for (const auto& [speaker, indices] : clips) {
    for (const std::size_t i : indices) part_of_clip[i] = part;
    ++part;
  }
  std::vector<Fold> folds;
  for (const auto& [speaker, indices] : clips) {
    folds.push_back(FoldTesting(folds.size(), part_of_clip, fmt::format("speaker {}", speaker)));
  }
  return folds;
}

std::vector<Fold> SpeakerFolds(std::span<const std::string> speakers, std::size_t num_folds, std::uint64_t seed,
                               std::span<const std::string> classes) {
  const std::size_t num_speakers = GroupBySpeaker(speakers).size();
  const std::size_t needed = std::max<std::size_t>(2, num_folds);
  if (num_folds < 2 || num_speakers < needed) {
    throw TooFewSpeakers(num_speakers, needed, fmt::format("{} folds by speaker (at least 2)", num_folds));
  }
  const std::vector<double> shares(num_folds, 1.0 / static_cast<double>(num_folds));
  const std::vector<std::size_t> part_of_clip = PartOfEachClip(speakers, shares, seed, classes);
  std::vector<Fold> folds;
  for (std::size_t k = 0; k < num_folds; ++k) {
    folds.push_back(FoldTesting(k, part_of_clip, fmt::format("fold {} of {}", k + 1, num_folds)));
  }
  return folds;
}

std::vector<Fold> NamedSpeakerGroups(std::span<const std::string> speakers,
                                     const std::vector<std::vector<std::string>>& groups) {
  std::map<std::string, std::size_t> group_of_speaker;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const std::string& speaker : groups[g]) {
      if (group_of_speaker.try_emplace(speaker, g).second) continue;
      throw Error(ErrorKind::kUsage, fmt::format("the speaker '{}' is named twice in the groups", ValidUtf8(speaker)),
                  "name each speaker once");
    }
  }
  std::vector<std::size_t> part_of_clip(speakers.size());
  std::set<std::size_t> with_clips;
  for (const auto& [speaker, indices] : GroupBySpeaker(speakers)) {
    const auto group = group_of_speaker.find(speaker);
    if (group == group_of_speaker.end()) {
      throw Error(ErrorKind::kUsage, fmt::format("the speaker '{}' is in no group", ValidUtf8(speaker)),
                  "name each speaker in one group, or use folds by speaker");
    }
    for (const std::size_t i : indices) part_of_clip[i] = group->second;
    with_clips.insert(group->second);
  }
  if (with_clips.size() < 2) throw TooFewSpeakers(with_clips.size(), 2, "folds of named groups with clips");
  std::vector<Fold> folds;
  for (const std::size_t g : with_clips) {
    folds.push_back(FoldTesting(g, part_of_clip, fmt::format("fold {} of {}", g + 1, groups.size())));
  }
  return folds;
}

std::vector<std::vector<std::string>> EmoBoxRavdessGroups() {
  return {{"01", "11", "20", "21"}, {"04", "10", "12", "14"}, {"08", "09", "19", "23"},
          {"03", "05", "07", "24"}, {"02", "15", "16", "18"}, {"06", "13", "17", "22"}};
}

Fold EightyTenTen(std::span<const std::string> speakers, std::uint64_t seed, std::span<const std::string> classes) {
  constexpr std::array<double, 3> kShares = {0.8, 0.1, 0.1};
  const std::size_t num_speakers = GroupBySpeaker(speakers).size();
  if (num_speakers < kShares.size()) throw TooFewSpeakers(num_speakers, kShares.size(), "train, dev and test");
  const std::vector<std::size_t> part_of_clip = PartOfEachClip(speakers, kShares, seed, classes);
  Fold fold{.name = "80/10/10"};
  const std::array<std::vector<std::size_t>*, 3> parts = {&fold.train, &fold.dev, &fold.test};
  for (std::size_t i = 0; i < part_of_clip.size(); ++i) parts[part_of_clip[i]]->push_back(i);
  return fold;
}

Fold OfficialSplit(std::span<const std::string> parts, std::span<const std::string> speakers, bool speakers_shared) {
  Check(parts.size() == speakers.size(), "one part and one speaker for each clip");
  Fold fold{.name = speakers_shared ? "official, speakers shared" : "official", .speakers_shared = speakers_shared};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] == "train") {
      fold.train.push_back(i);
    } else if (parts[i] == "dev") {
      fold.dev.push_back(i);
    } else if (parts[i] == "test") {
      fold.test.push_back(i);
    } else if (!parts[i].empty()) {
      throw Error(ErrorKind::kUsage, fmt::format("clip {} is in the part '{}'", i + 1, ValidUtf8(parts[i])),
                  "parts are train, dev and test");
    }
  }
  if (fold.train.empty() || fold.test.empty()) {
    throw Error(ErrorKind::kUsage, "the corpus has no split of its own: its train or its test part is empty",
                "divide a harvested corpus by 'sezim corpus split', or use another protocol, such as speaker-folds");
  }
  CheckSpeakerDisjoint(fold, speakers);
  return fold;
}

Fold WithDevInTrain(Fold fold) {
  fold.train.insert(fold.train.end(), fold.dev.begin(), fold.dev.end());
  std::sort(fold.train.begin(), fold.train.end());
  fold.dev.clear();
  return fold;
}

std::vector<Fold> RandomDraws(std::size_t num_clips, double test_share, std::size_t num_draws, std::uint64_t seed) {
  OptionChecks checks("random draws");
  checks.Require(test_share > 0 && test_share < 1, fmt::format("the share must lie in (0, 1), not {}", test_share));
  checks.Require(num_draws >= 1, "there must be at least one draw");
  checks.ThrowIfAny();
  const auto num_test = static_cast<std::size_t>(std::llround(test_share * static_cast<double>(num_clips)));
  if (num_test == 0 || num_test >= num_clips) {
    throw Error(ErrorKind::kUsage, fmt::format("too few clips ({}) to draw {} of them", num_clips, test_share),
                "give more clips or another share");
  }
  std::mt19937_64 random(seed);
  std::vector<Fold> folds;
  for (std::size_t draw = 0; draw < num_draws; ++draw) {
    Fold fold{.name = fmt::format("draw {} of {}, speakers shared", draw + 1, num_draws), .speakers_shared = true};
    const std::vector<std::size_t> order = Shuffled(num_clips, random);
    fold.test.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(num_test));
    fold.train.assign(order.begin() + static_cast<std::ptrdiff_t>(num_test), order.end());
    std::sort(fold.test.begin(), fold.test.end());
    std::sort(fold.train.begin(), fold.train.end());
    folds.push_back(std::move(fold));
  }
  return folds;
}

void CheckSpeakerDisjoint(const Fold& fold, std::span<const std::string> speakers) {
  if (fold.speakers_shared) return;
  std::map<std::string_view, std::string_view> part_of_speaker;
  const auto look = [&](const std::vector<std::size_t>& indices, std::string_view part) {
    for (const std::size_t i : indices) {
      Check(i < speakers.size(), "a fold holds indices of clips that there are");
      if (speakers[i].empty()) {
        throw Error(ErrorKind::kUsage, fmt::format("clip {} of the {} part has no speaker", i + 1, part),
                    kRemedyForUnknown);
      }
      const auto [other, is_new] = part_of_speaker.try_emplace(speakers[i], part);
      if (is_new || other->second == part) continue;
      throw Error(ErrorKind::kUsage,
                  fmt::format("the speaker '{}' is in the {} part and in the {} part of {}", ValidUtf8(speakers[i]),
                              other->second, part, fold.name.empty() ? "the split" : fold.name),
                  "divide the clips by speaker; random-draws, and official with speakers_shared = true, share speakers "
                  "and say so in every table");
    }
  };
  look(fold.train, "train");
  look(fold.dev, "dev");
  look(fold.test, "test");
}

}  // namespace sezim
