// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sezim {

// One way to divide clips: what is learnt from, what is looked at while learning (may be empty), what is measured on.
// Each is ascending indices into the clips that were divided, and none is in two of them.
struct Fold {
  std::vector<std::size_t> train{};
  std::vector<std::size_t> dev{};
  std::vector<std::size_t> test{};
  std::string name{};            // "speaker 03", "fold 2 of 6", …
  bool speakers_shared = false;  // whoever prints a figure of such a fold has to say so
};

// Each function takes the speaker of each clip. But for what shares speakers, a clip without a speaker (an empty name)
// is an Error (kUsage): nobody could tell whether they are on both sides. The same clips in another order give each
// clip the same part, and the same arguments give the same folds on every machine.

// One fold for each speaker, by name; at least 2 speakers. Throws Error (kUsage).
std::vector<Fold> LeaveOneSpeakerOut(std::span<const std::string> speakers);

// `num_folds` folds (at least 2, at most one for each speaker) whose test parts are about equally large: every clip is
// in one. With `classes`, the class of each clip, they have about equally many clips of each class too
// (BalancedParts). Throws Error (kUsage).
std::vector<Fold> SpeakerFolds(std::span<const std::string> speakers, std::size_t num_folds, std::uint64_t seed,
                               std::span<const std::string> classes = {});

// One fold for each group of speakers. Groups of whom there is no clip are left out. Throws Error (kUsage) for a
// speaker who is in no group or in two, and unless two groups have clips.
std::vector<Fold> NamedSpeakerGroups(std::span<const std::string> speakers,
                                     const std::vector<std::vector<std::string>>& groups);

// The 6 groups of 4 actors of RAVDESS ("01" … "24") that EmoBox tests on (Ma et al. 2024, "EmoBox: multilingual
// multi-corpus speech emotion recognition toolkit and benchmark"; its files data/ravdess/fold_N/ravdess_test_fold_N).
std::vector<std::vector<std::string>> EmoBoxRavdessGroups();

// About 80, 10 and 10 % of the clips for train, dev and test, with about the same share of each class where `classes`
// are given; at least 3 speakers. Throws Error (kUsage).
Fold EightyTenTen(std::span<const std::string> speakers, std::uint64_t seed, std::span<const std::string> classes = {});

// The split that a corpus comes with: `parts` holds "train", "dev" or "test" for each clip, or nothing for a clip that
// is left out. Throws Error (kUsage) where train or test is empty, for another word, and as CheckSpeakerDisjoint does
// unless `speakers_shared`, which the fold then says.
Fold OfficialSplit(std::span<const std::string> parts, std::span<const std::string> speakers,
                   bool speakers_shared = false);

// The fold whose dev part trains, too: for those who choose by folds within what trains.
Fold WithDevInTrain(Fold fold);

// `num_draws` times `test_share` of `num_clips` clips drawn at random for testing, the rest for training: speakers are
// shared, as in much published work, which inflates every figure. Throws Error (kUsage) where a part would be empty.
std::vector<Fold> RandomDraws(std::size_t num_clips, double test_share, std::size_t num_draws, std::uint64_t seed);

// Throws Error (kUsage) that names a speaker who is in two parts of the fold, unless it says that speakers are shared.
void CheckSpeakerDisjoint(const Fold& fold, std::span<const std::string> speakers);

}  // namespace sezim
