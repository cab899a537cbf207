// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/system_figures.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sezim {
namespace {

// Scores that make the given classes the largest.
FeatureMatrix Saying(const std::vector<int>& classes, int num_classes) {
  FeatureMatrix scores{.num_frames = static_cast<std::int64_t>(classes.size()), .dim = num_classes};
  scores.values.assign(classes.size() * static_cast<std::size_t>(num_classes), 0.1F);
  for (std::size_t i = 0; i < classes.size(); ++i) {
    scores.Frame(static_cast<std::int64_t>(i))[static_cast<std::size_t>(classes[i])] = 0.8F;
  }
  return scores;
}

TEST(FiguresOf, CountsTheExampleByHand) {
  const std::vector<int> labels = {0, 0, 0, 1, 1, 1, 0, 0};
  const std::vector<FoldScores> folds = {
      {.name = "a", .test = {0, 1, 2, 3}, .scores = Saying({0, 0, 1, 1}, 2)},  // recalls 2/3 and 1
      {.name = "b", .test = {7, 6, 5, 4}, .scores = Saying({0, 1, 0, 0}, 2)},  // 1/2 and 0
  };
  const SystemFigures figures = FiguresOf(folds, labels, 2);
  EXPECT_EQ(figures.num_tested(), 8U);
  EXPECT_DOUBLE_EQ(figures.accuracy.folds[0], 0.75);
  EXPECT_DOUBLE_EQ(figures.accuracy.folds[1], 0.25);
  EXPECT_DOUBLE_EQ(figures.accuracy.mean, 0.5);
  EXPECT_NEAR(figures.accuracy.std, 0.25 * std::sqrt(2.0), 1e-12);
  EXPECT_NEAR(figures.uar.folds[0], 5.0 / 6, 1e-12);
  EXPECT_NEAR(figures.uar.folds[1], 0.25, 1e-12);
  EXPECT_EQ(figures.confusion.count(0, 0), 3);
  EXPECT_EQ(figures.confusion.count(0, 1), 2);
  EXPECT_EQ(figures.confusion.count(1, 0), 2);
  EXPECT_EQ(figures.confusion.count(1, 1), 1);
}

TEST(FiguresOf, LeavesAClassThatAFoldDoesNotTestOutOfItsMean) {
  const std::vector<int> labels = {0, 0};
  const std::vector<FoldScores> folds = {{.name = "a", .test = {0, 1}, .scores = Saying({0, 2}, 3)}};
  EXPECT_DOUBLE_EQ(FiguresOf(folds, labels, 3).uar.mean, 0.5);
  EXPECT_EQ(FiguresOf(folds, labels, 3).uar.std, 0);
}

}  // namespace
}  // namespace sezim
