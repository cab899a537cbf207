// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/clip_stats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sezim/base/error.h"

namespace sezim {
namespace {

Clip MakeClip(const char* id, const char* emotion, const char* speaker, const char* sex = nullptr) {
  Clip clip{.id = id, .audio = id, .emotion = emotion, .speaker = speaker};
  if (sex != nullptr) clip.sex = sex;
  return clip;
}

const std::vector<Clip> kClips = {MakeClip("1", "sad", "ann", "female"), MakeClip("2", "sad", "bob", "male"),
                                  MakeClip("3", "happy", "ann", "female"), MakeClip("4", "sad", "")};

TEST(ClipStats, CountsByHand) {
  const ClipStats stats = StatsOf(kClips, std::vector<double>{1, 2, 3, 4});
  EXPECT_EQ(stats.all.num_clips, 4U);
  EXPECT_EQ(stats.all.speakers.size(), 2U);
  EXPECT_DOUBLE_EQ(stats.all.duration_s, 10);
  const ClipCounts& sad = stats.by_emotion.at("sad");
  EXPECT_EQ(sad.num_clips, 3U);
  EXPECT_EQ(sad.num_female, 1U);
  EXPECT_EQ(sad.num_male, 1U);
  EXPECT_DOUBLE_EQ(sad.duration_s, 7);
  EXPECT_EQ(stats.by_speaker.at("ann").at("happy"), 1U);
  EXPECT_EQ(stats.by_speaker.at("").at("sad"), 1U);
  EXPECT_THROW(StatsOf(kClips, std::vector<double>{1}), ContractViolation);
}

TEST(ClipStats, TheTableHasARowForEachEmotionAndSpeaker) {
  const std::string text = TextOf(StatsOf(kClips, {}), false);
  EXPECT_THAT(text, testing::ContainsRegex("sad +3 +2 +1 +1 +1\n"));
  EXPECT_THAT(text, testing::ContainsRegex("all +4 +2 +2 +1 +1\n"));
  EXPECT_THAT(text, testing::ContainsRegex("unknown +1 +0 +1\n"));
  EXPECT_THAT(text, testing::ContainsRegex("ann +2 +1 +1\n"));
  EXPECT_THAT(TextOf(StatsOf(kClips, std::vector<double>(4, 900.0)), true), testing::ContainsRegex("all .* 1.000\n"));
}

TEST(ClipStats, TheJsonHoldsTheSame) {
  const ClipCorpus corpus{.name = "x", .licence = "y", .clips = kClips, .problems = {"odd"}};
  const auto json = nlohmann::json::parse(JsonOf(StatsOf(kClips, {}), corpus, false));
  EXPECT_EQ(json["by_emotion"]["sad"]["clips"], 3);
  EXPECT_EQ(json["by_speaker"]["ann"]["sad"], 1);
  EXPECT_EQ(json["problems"][0], "odd");
  EXPECT_FALSE(json["all"].contains("hours"));
}

}  // namespace
}  // namespace sezim
