// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/pooled_answers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "sezim/base/error.h"

namespace sezim {
namespace {

FoldScores Fold(std::vector<std::size_t> test, std::vector<float> scores, int dim = 2) {
  const auto num = static_cast<std::int64_t>(test.size());
  return {.name = "fold", .test = std::move(test), .scores = {.num_frames = num, .dim = dim, .values = scores}};
}

// Six answers in two folds: sure and right, sure and right, less sure and wrong, and so on.
//   utterance      0     1     2     3     4     5
//   truth          0     0     0     1     1     1
//   score of 1   0.1   0.2   0.7   0.9   0.4   0.6
//   confidence   0.9   0.8   0.7   0.9   0.6   0.6
//   right          *     *           *           *
const std::vector<int> kLabels = {0, 0, 0, 1, 1, 1};
std::vector<FoldScores> Example() {
  return {Fold({0, 3, 4}, {0.9F, 0.1F, 0.1F, 0.9F, 0.6F, 0.4F}), Fold({1, 2, 5}, {0.8F, 0.2F, 0.3F, 0.7F, 0.4F, 0.6F})};
}

TEST(PooledFigures, AreTheExampleByHand) {
  const PooledFigures figures = PooledFiguresOf(PoolOf(Example(), kLabels, 2), {});
  EXPECT_NEAR(figures.uar, 2.0 / 3, 1e-12);  // recalls 2 of 3 and 2 of 3
  // Of the 9 pairs of one of each class, 0.7 stands above 0.4 and 0.6: 7 are in order, for either class.
  EXPECT_NEAR(figures.auc, 7.0 / 9, 1e-6);
  // Bins of 1/15: 0.9 (2, both right), 0.8 (1, right), 0.7 (1, wrong), 0.6 in float just above 9/15 (2, one right).
  EXPECT_NEAR(figures.calibration_error, (2 * 0.1 + 0.2 + 0.7 + 2 * 0.1) / 6, 1e-6);
  // Coverages 2, 3, 4 and 6 of 6 with risks 0, 0, 1/4 and 2/6.
  EXPECT_NEAR(figures.risk_coverage_area, (1 * 0.25 + 2 * (2.0 / 6)) / 6, 1e-6);
  EXPECT_NEAR(figures.accuracy_at[0], 4.0 / 6, 1e-12);
  EXPECT_NEAR(figures.accuracy_at[1], 4.0 / 6, 1e-12);  // 90 % of 6 needs all 6
  EXPECT_NEAR(figures.accuracy_at[2], 4.0 / 6, 1e-12);  // 80 % needs 5, and the last two are equally sure
  EXPECT_NEAR(figures.accuracy_at[3], 3.0 / 4, 1e-12);  // 60 % needs 4
}

TEST(PooledFigures, DrawSpeakersWhereTheyAreKnown) {
  const PooledAnswers answers = PoolOf(Example(), kLabels, 2);
  // Two speakers: one always right, one right in 1 of 3; so each replicate has one of three figures, two of them
  // extreme.
  const std::vector<std::string> speakers = {"a", "a", "b", "a", "b", "b"};
  const PooledFigures known = PooledFiguresOf(answers, speakers);
  EXPECT_TRUE(known.by_speaker);
  EXPECT_NEAR(known.uar_interval.low, 0.25, 1e-12);  // of speaker b alone: recalls 0 of 1 and 1 of 2
  EXPECT_NEAR(known.uar_interval.high, 1, 1e-12);
  const PooledFigures unknown = PooledFiguresOf(answers, std::vector<std::string>{"a", "a", "b", "a", "b", ""});
  EXPECT_FALSE(unknown.by_speaker);
  EXPECT_LT(unknown.uar_interval.low, unknown.uar_interval.high);
  // Nothing can be drawn of one.
  EXPECT_TRUE(std::isnan(PooledFiguresOf(answers, std::vector<std::string>(6, "a")).uar_interval.low));
  // Speakers whom no fold tests do not matter.
  const std::vector<FoldScores> first = {Example()[0]};
  EXPECT_TRUE(
      PooledFiguresOf(PoolOf(first, kLabels, 2), std::vector<std::string>{"a", "", "", "b", "b", ""}).by_speaker);
}

TEST(PooledFigures, WhatCannotBeIsNotANumber) {
  const PooledFigures nothing = PooledFiguresOf(PoolOf({}, kLabels, 2), {});
  for (const double one : {nothing.uar, nothing.uar_interval.low, nothing.auc, nothing.calibration_error,
                           nothing.risk_coverage_area, nothing.accuracy_at[0]}) {
    EXPECT_TRUE(std::isnan(one));
  }
  // One class only: no curve, all else is there. A third class that nobody has is in no mean.
  const PooledFigures one_class =
      PooledFiguresOf(PoolOf(std::vector{Fold({0, 1}, {0.9F, 0.1F, 0.3F, 0.7F})}, kLabels, 2), {});
  EXPECT_TRUE(std::isnan(one_class.auc));
  EXPECT_EQ(one_class.uar, 0.5);
  EXPECT_EQ(one_class.accuracy_at[0], 0.5);
  const std::vector<float> three = {0.9F, 0.1F, 0, 0.2F, 0.8F, 0};
  EXPECT_EQ(PooledFiguresOf(PoolOf(std::vector{Fold({0, 3}, three, 3)}, kLabels, 3), {}).auc, 1);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const PooledFigures not_finite =
      PooledFiguresOf(PoolOf(std::vector{Fold({0, 3}, {0.9F, 0.1F, 0.3F, nan})}, kLabels, 2), {});
  EXPECT_TRUE(std::isnan(not_finite.auc) && std::isnan(not_finite.calibration_error));
  EXPECT_TRUE(std::isnan(not_finite.accuracy_at[3]));
  EXPECT_FALSE(std::isnan(not_finite.uar));
  EXPECT_THROW(PoolOf(std::vector{Fold({0, 3}, {0.9F, 0.1F}, 1)}, kLabels, 2), ContractViolation);
}

TEST(PooledAnswers, CountAnUtteranceOnceForMcNemarAndOftenForTheRest) {
  const std::vector<FoldScores> draws = {Fold({3, 0}, {0.9F, 0.1F, 0.9F, 0.1F}),
                                         Fold({3, 1}, {0.1F, 0.9F, 0.1F, 0.9F})};
  const PooledAnswers answers = PoolOf(draws, kLabels, 2);
  EXPECT_EQ(answers.utterances.size(), 4U);
  EXPECT_EQ(FirstIsRight(answers), (std::vector<bool>{true, false, false}));  // of 0, 1 and 3
}

TEST(PooledAnswers, AllowScoresThatRoundingLiftsAboveOne) {
  const PooledAnswers answers = PoolOf(std::vector{Fold({0}, {1.0000001F, 0})}, kLabels, 2);
  EXPECT_EQ(answers.confidences, std::vector<double>{1});
}

}  // namespace
}  // namespace sezim
