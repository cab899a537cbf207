// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/folds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

// Clips of `num_speakers` people, of whom each has another number, in no order, with a class each.
struct World {
  std::vector<std::string> speakers, classes;
};

World MakeWorld(std::size_t num_speakers, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  World world;
  for (std::size_t s = 0; s < num_speakers; ++s) {
    for (std::size_t i = 0, count = 5 + random() % 30; i < count; ++i) {
      const std::size_t at = random() % (world.speakers.size() + 1);
      world.speakers.insert(world.speakers.begin() + static_cast<std::ptrdiff_t>(at), "s" + std::to_string(s));
      world.classes.insert(world.classes.begin() + static_cast<std::ptrdiff_t>(at),
                           random() % 3 == 0 ? "sad" : "happy");
    }
  }
  return world;
}

// Every clip is in one part of each fold, and in the test part of exactly one fold.
void ExpectTestedOnce(const std::vector<Fold>& folds, std::size_t num_clips) {
  std::vector<int> tested(num_clips);
  for (const Fold& fold : folds) {
    std::set<std::size_t> all(fold.train.begin(), fold.train.end());
    all.insert(fold.test.begin(), fold.test.end());
    EXPECT_EQ(all.size(), num_clips);
    EXPECT_EQ(fold.train.size() + fold.test.size(), num_clips);
    EXPECT_FALSE(fold.train.empty() || fold.test.empty()) << fold.name;
    for (const std::size_t i : fold.test) ++tested[i];
  }
  EXPECT_THAT(tested, testing::Each(1));
}

TEST(Folds, BySpeakerEveryClipIsTestedOnceAndNoSpeakerIsOnBothSides) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const World world = MakeWorld(4 + seed, seed);
    for (const std::vector<Fold>& folds : {LeaveOneSpeakerOut(world.speakers), SpeakerFolds(world.speakers, 4, seed),
                                           SpeakerFolds(world.speakers, 4, seed, world.classes)}) {
      ExpectTestedOnce(folds, world.speakers.size());
      for (const Fold& fold : folds) {
        EXPECT_FALSE(fold.speakers_shared);
        EXPECT_NO_THROW(CheckSpeakerDisjoint(fold, world.speakers));
      }
    }
  }
}

TEST(Folds, AnotherOrderOfTheClipsGivesEachSpeakerTheSameFold) {
  const World world = MakeWorld(11, 3);
  const auto fold_of_speaker = [](const std::vector<std::string>& speakers, const std::vector<std::string>& classes) {
    std::map<std::string, std::size_t> fold_of;
    const std::vector<Fold> folds = SpeakerFolds(speakers, 3, 7, classes);
    for (std::size_t k = 0; k < folds.size(); ++k) {
      for (const std::size_t i : folds[k].test) fold_of[speakers[i]] = k;
    }
    return fold_of;
  };
  const std::vector<std::string> backwards(world.speakers.rbegin(), world.speakers.rend());
  const std::vector<std::string> classes_backwards(world.classes.rbegin(), world.classes.rend());
  EXPECT_EQ(fold_of_speaker(world.speakers, world.classes), fold_of_speaker(backwards, classes_backwards));
}

TEST(Folds, AreAboutEquallyLargeAndAlikeInTheirClasses) {
  const World world = MakeWorld(24, 5);
  const std::size_t total = world.speakers.size();
  const auto num_sad = [&](const std::vector<std::size_t>& indices) {
    return std::count_if(indices.begin(), indices.end(), [&](std::size_t i) { return world.classes[i] == "sad"; });
  };
  std::vector<std::size_t> all(total);
  for (std::size_t i = 0; i < total; ++i) all[i] = i;
  for (const Fold& fold : SpeakerFolds(world.speakers, 4, 1, world.classes)) {
    EXPECT_NEAR(static_cast<double>(fold.test.size()), static_cast<double>(total) / 4, 3);
    EXPECT_NEAR(static_cast<double>(num_sad(fold.test)), static_cast<double>(num_sad(all)) / 4, 4);
  }
}

TEST(Folds, TheSameSeedGivesTheSameFoldsAndAnotherOthers) {
  const World world = MakeWorld(24, 5);
  const auto tests = [&](std::uint64_t seed) {
    std::set<std::vector<std::size_t>> parts;
    for (const Fold& fold : SpeakerFolds(world.speakers, 6, seed)) parts.insert(fold.test);
    return parts;
  };
  EXPECT_EQ(tests(1), tests(1));
  EXPECT_NE(tests(1), tests(2));
}

TEST(Folds, LeavingOneSpeakerOutTestsOneSpeakerAtATimeByName) {
  const std::vector<std::string> speakers = {"b", "a", "b", "c"};
  const std::vector<Fold> folds = LeaveOneSpeakerOut(speakers);
  ASSERT_EQ(folds.size(), 3U);
  EXPECT_EQ(folds[0].name, "speaker a");
  EXPECT_THAT(folds[0].test, testing::ElementsAre(1));
  EXPECT_THAT(folds[1].test, testing::ElementsAre(0, 2));
  EXPECT_THAT(folds[1].train, testing::ElementsAre(1, 3));
}

TEST(Folds, WhatCannotBeDividedIsSaid) {
  const std::vector<std::string> two = {"a", "b", "a"};
  EXPECT_EQ(ThrownBy([&] { SpeakerFolds(two, 3, 1); }).kind(), ErrorKind::kUsage);
  EXPECT_EQ(ThrownBy([&] { SpeakerFolds(two, 1, 1); }).kind(), ErrorKind::kUsage);
  EXPECT_EQ(ThrownBy([&] { EightyTenTen(two, 1); }).kind(), ErrorKind::kUsage);
  const std::vector<std::string> one = {"a", "a"};
  EXPECT_EQ(ThrownBy([&] { LeaveOneSpeakerOut(one); }).kind(), ErrorKind::kUsage);
  const std::vector<std::string> unknown = {"a", "", "b"};
  EXPECT_THAT(ThrownBy([&] { LeaveOneSpeakerOut(unknown); }).what(), HasSubstr("clip 2 of 3 has no speaker"));
  EXPECT_THAT(ThrownBy([&] { CheckSpeakerDisjoint({.train = {0}, .test = {1}}, unknown); }).what(),
              HasSubstr("clip 2"));
}

TEST(Folds, EmoBoxTestsEachActorOfRavdessOnce) {
  std::vector<std::string> actors;
  for (int actor = 1; actor <= 24; ++actor) actors.push_back((actor < 10 ? "0" : "") + std::to_string(actor));
  const std::vector<Fold> folds = NamedSpeakerGroups(actors, EmoBoxRavdessGroups());
  ASSERT_EQ(folds.size(), 6U);
  ExpectTestedOnce(folds, 24);
  for (const Fold& fold : folds) EXPECT_EQ(fold.test.size(), 4U);
  EXPECT_THAT(folds[0].test, testing::ElementsAre(0, 10, 19, 20));
}

TEST(Folds, NamedGroupsHoldEverySpeakerOnce) {
  const std::vector<std::string> speakers = {"a", "b", "c"};
  EXPECT_EQ(NamedSpeakerGroups(speakers, {{"a"}, {"x"}, {"b", "c"}}).size(), 2U);  // nobody called x has a clip
  EXPECT_THAT(ThrownBy([&] { NamedSpeakerGroups(speakers, {{"a"}, {"b"}}); }).what(), HasSubstr("'c' is in no group"));
  EXPECT_THAT(ThrownBy([&] { NamedSpeakerGroups(speakers, {{"a", "b"}, {"b", "c"}}); }).what(), HasSubstr("'b'"));
  EXPECT_THROW(NamedSpeakerGroups(speakers, {{"a", "b", "c"}, {"x"}}), Error);
}

TEST(Folds, EightyTenTenKeepsSpeakersApartAndItsShares) {
  const World world = MakeWorld(40, 9);
  const Fold fold = EightyTenTen(world.speakers, 1, world.classes);
  const auto total = static_cast<double>(world.speakers.size());
  EXPECT_NO_THROW(CheckSpeakerDisjoint(fold, world.speakers));
  EXPECT_EQ(fold.train.size() + fold.dev.size() + fold.test.size(), world.speakers.size());
  EXPECT_NEAR(static_cast<double>(fold.train.size()) / total, 0.8, 0.02);
  EXPECT_NEAR(static_cast<double>(fold.dev.size()) / total, 0.1, 0.02);
  EXPECT_NEAR(static_cast<double>(fold.test.size()) / total, 0.1, 0.02);
}

TEST(Folds, AnOfficialSplitIsTakenAsItIsIfSpeakersAreApart) {
  const std::vector<std::string> speakers = {"a", "b", "c", "a"};
  const std::vector<std::string> parts = {"train", "dev", "test", ""};
  const Fold fold = OfficialSplit(parts, speakers);
  EXPECT_THAT(fold.train, testing::ElementsAre(0));
  EXPECT_THAT(fold.dev, testing::ElementsAre(1));
  EXPECT_THAT(fold.test, testing::ElementsAre(2));
  const std::vector<std::string> sharing = {"train", "dev", "test", "test"};
  EXPECT_THAT(ThrownBy([&] { OfficialSplit(sharing, speakers); }).what(),
              HasSubstr("'a' is in the train part and in the test part"));
  const Fold shared = OfficialSplit(sharing, speakers, true);
  EXPECT_TRUE(shared.speakers_shared);
  EXPECT_THAT(shared.name, HasSubstr("speakers shared"));
  EXPECT_THAT(shared.test, testing::ElementsAre(2, 3));
  const std::vector<std::string> odd = {"train", "dev", "test", "exam"};
  EXPECT_THAT(ThrownBy([&] { OfficialSplit(odd, speakers); }).what(), HasSubstr("'exam'"));
  const std::vector<std::string> none(4);
  EXPECT_EQ(ThrownBy([&] { OfficialSplit(none, speakers); }).kind(), ErrorKind::kUsage);
}

TEST(Folds, DevMayTrainToo) {
  const Fold fold = WithDevInTrain({.train = {0, 3}, .dev = {1, 4}, .test = {2}, .name = "mine"});
  EXPECT_THAT(fold.train, testing::ElementsAre(0, 1, 3, 4));
  EXPECT_THAT(fold.dev, testing::IsEmpty());
  EXPECT_THAT(fold.test, testing::ElementsAre(2));
  EXPECT_EQ(fold.name, "mine");
}

TEST(Folds, RandomDrawsShareSpeakersAndSayIt) {
  const std::vector<Fold> folds = RandomDraws(1440, 0.1, 3, 1);
  ASSERT_EQ(folds.size(), 3U);
  for (const Fold& fold : folds) {
    EXPECT_TRUE(fold.speakers_shared);
    EXPECT_THAT(fold.name, HasSubstr("speakers shared"));
    EXPECT_EQ(fold.test.size(), 144U);
    EXPECT_EQ(fold.train.size(), 1296U);
    std::set<std::size_t> all(fold.train.begin(), fold.train.end());
    all.insert(fold.test.begin(), fold.test.end());
    EXPECT_EQ(all.size(), 1440U);
    EXPECT_EQ(*all.rbegin(), 1439U);
  }
  EXPECT_NE(folds[0].test, folds[1].test);
  EXPECT_EQ(folds[2].test, RandomDraws(1440, 0.1, 3, 1)[2].test);
  EXPECT_THROW(RandomDraws(1440, 1.0, 3, 1), Error);
  EXPECT_THROW(RandomDraws(1440, 0.1, 0, 1), Error);
  EXPECT_THROW(RandomDraws(4, 0.1, 1, 1), Error);
}

TEST(Folds, ASpeakerOnBothSidesIsRefusedByName) {
  const std::vector<std::string> speakers = {"ann", "bob", "ann"};
  Fold fold{.train = {0, 1}, .test = {2}, .name = "mine"};
  EXPECT_THAT(ThrownBy([&] { CheckSpeakerDisjoint(fold, speakers); }).what(),
              HasSubstr("'ann' is in the train part and in the test part of mine"));
  fold.speakers_shared = true;
  EXPECT_NO_THROW(CheckSpeakerDisjoint(fold, speakers));
  EXPECT_THROW(CheckSpeakerDisjoint({.train = {1}, .dev = {0}, .test = {2}}, speakers), Error);
}

}  // namespace
}  // namespace sezim
