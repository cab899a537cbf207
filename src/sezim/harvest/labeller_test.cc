// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/labeller.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <vector>

#include "sezim/base/error.h"

namespace sezim {
namespace {

// Scores that give `first` to one emotion, `second` to another and nothing to the rest.
EmotionScores Scores(Emotion one, float first, Emotion other, float second) {
  EmotionScores scores{};
  ScoreOf(scores, one) = first;
  ScoreOf(scores, other) = second;
  return scores;
}

TEST(Labeller, TheMajorityOfFramesWinsOverTheLargerSum) {
  const std::vector<EmotionScores> frames = {Scores(Emotion::kHappy, 0.5625F, Emotion::kSad, 0.4375F),
                                             Scores(Emotion::kHappy, 0.5625F, Emotion::kSad, 0.4375F),
                                             Scores(Emotion::kSad, 1.0F, Emotion::kHappy, 0.0F)};
  const Label label = LabelByMajority(frames);
  EXPECT_EQ(label.emotion, Emotion::kHappy);
  EXPECT_DOUBLE_EQ(label.agreement, 2.0 / 3);
  EXPECT_FLOAT_EQ(ScoreOf(label.scores, Emotion::kHappy), 1.125F / 3);
  EXPECT_FLOAT_EQ(ScoreOf(label.scores, Emotion::kSad), 1.875F / 3);
  EXPECT_EQ(ScoreOf(label.scores, Emotion::kAngry), 0);
}

TEST(Labeller, ATieGoesToTheLargerSummedProbability) {
  const std::vector<EmotionScores> frames = {Scores(Emotion::kAngry, 0.6F, Emotion::kNeutral, 0.4F),
                                             Scores(Emotion::kSurprise, 0.9F, Emotion::kNeutral, 0.1F)};
  const Label label = LabelByMajority(frames);
  EXPECT_EQ(label.emotion, Emotion::kSurprise);
  EXPECT_DOUBLE_EQ(label.agreement, 0.5);
}

TEST(Labeller, ATieOfSumsGoesToTheFirstEmotion) {
  const EmotionScores sad = Scores(Emotion::kSad, 0.75F, Emotion::kFear, 0.25F);
  const EmotionScores fear = Scores(Emotion::kFear, 0.75F, Emotion::kSad, 0.25F);
  EXPECT_EQ(LabelByMajority(std::vector{sad, fear}).emotion, Emotion::kFear);
  EXPECT_EQ(LabelByMajority(std::vector{fear, sad}).emotion, Emotion::kFear);
}

TEST(Labeller, AFrameOfEqualScoresVotesForTheFirst) {
  const EmotionScores even = Scores(Emotion::kHappy, 0.5F, Emotion::kSad, 0.5F);
  EXPECT_EQ(LabelByMajority(std::vector{even}).emotion, Emotion::kHappy);
}

TEST(Labeller, NeedsAFrame) {
  EXPECT_THROW(LabelByMajority({}), ContractViolation);
  EXPECT_THROW(LabelByMean({}), ContractViolation);
}

TEST(LabelByMean, TheLargerMeanWinsOverTheMajority) {
  const std::vector<EmotionScores> frames = {Scores(Emotion::kHappy, 0.5625F, Emotion::kSad, 0.4375F),
                                             Scores(Emotion::kHappy, 0.5625F, Emotion::kSad, 0.4375F),
                                             Scores(Emotion::kSad, 1.0F, Emotion::kHappy, 0.0F)};
  const Label label = LabelByMean(frames);
  EXPECT_EQ(label.emotion, Emotion::kSad);
  EXPECT_DOUBLE_EQ(label.agreement, 1.0 / 3);
  EXPECT_FLOAT_EQ(ScoreOf(label.scores, Emotion::kHappy), 1.125F / 3);
  EXPECT_FLOAT_EQ(ScoreOf(label.scores, Emotion::kSad), 1.875F / 3);
}

TEST(LabelByMean, MayBeAnEmotionThatNoFrameShowsMost) {
  const std::vector<EmotionScores> frames = {Scores(Emotion::kHappy, 0.55F, Emotion::kNeutral, 0.45F),
                                             Scores(Emotion::kSad, 0.55F, Emotion::kNeutral, 0.45F)};
  EXPECT_EQ(LabelByMean(frames).emotion, Emotion::kNeutral);
  EXPECT_EQ(LabelByMean(frames).agreement, 0);
}

TEST(LabelByMean, OfEqualMeansTheFirstEmotionWins) {
  const EmotionScores sad = Scores(Emotion::kSad, 0.75F, Emotion::kFear, 0.25F);
  const EmotionScores fear = Scores(Emotion::kFear, 0.75F, Emotion::kSad, 0.25F);
  EXPECT_EQ(LabelByMean(std::vector{sad, fear}).emotion, Emotion::kFear);
  EXPECT_EQ(LabelByMean(std::vector{fear, sad}).emotion, Emotion::kFear);
}

bool SameBits(const Label& a, const Label& b) {
  return a.emotion == b.emotion && std::memcmp(&a.agreement, &b.agreement, sizeof(a.agreement)) == 0 &&
         std::memcmp(a.scores.data(), b.scores.data(), sizeof(a.scores)) == 0;
}

TEST(Labeller, TheOrderOfFramesChangesNoBit) {
  std::mt19937 random(1);
  std::gamma_distribution<float> any(0.4F);  // some large, some tiny: sums of floats would differ by order
  for (int round = 0; round < 50; ++round) {
    std::vector<EmotionScores> frames(11 + static_cast<std::size_t>(round));
    for (EmotionScores& frame : frames) {
      float sum = 0;
      for (float& score : frame) sum += score = any(random) + 1e-9F;
      for (float& score : frame) score /= sum;
    }
    const Label label = LabelByMajority(frames);
    const Label by_mean = LabelByMean(frames);
    EXPECT_EQ(by_mean.scores, label.scores);
    EXPECT_EQ(by_mean.emotion, Strongest(by_mean.scores));
    double sum = 0;
    for (const float score : label.scores) sum += score;
    EXPECT_NEAR(sum, 1, 1e-6);
    for (int turn = 0; turn < 20; ++turn) {
      std::shuffle(frames.begin(), frames.end(), random);
      EXPECT_TRUE(SameBits(LabelByMajority(frames), label));
      EXPECT_TRUE(SameBits(LabelByMean(frames), by_mean));
    }
  }
}

}  // namespace
}  // namespace sezim
