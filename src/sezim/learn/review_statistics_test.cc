// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/review_statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace sezim {
namespace {

ConfusionMatrix Matrix(const std::vector<std::vector<int>>& counts) {
  ConfusionMatrix matrix(counts.size());
  for (std::size_t row = 0; row < counts.size(); ++row) {
    for (std::size_t column = 0; column < counts.size(); ++column) matrix.Add(row, column, counts[row][column]);
  }
  return matrix;
}

TEST(Wilson, TheExamplesOfNewcombe) {
  // Newcombe (1998), "Two-sided confidence intervals for the single proportion: comparison of seven methods", table I,
  // method 3.
  const auto expect = [](std::int64_t successes, std::int64_t trials, double low, double high) {
    const ShareEstimate one = WilsonEstimate(successes, trials);
    EXPECT_NEAR(one.low, low, 5e-5) << successes << " of " << trials;
    EXPECT_NEAR(one.high, high, 5e-5) << successes << " of " << trials;
  };
  expect(81, 263, 0.2553, 0.3662);
  expect(15, 148, 0.0624, 0.1605);
  expect(0, 20, 0, 0.1611);
  expect(1, 29, 0.0061, 0.1718);
}

TEST(Wilson, ByHand) {
  // z² / (n + z²) with z² = 3.84146 above none of 20: 3.84146 / 23.84146.
  EXPECT_NEAR(WilsonEstimate(0, 20).high, 0.161125, 1e-6);
  // With z = 1, 1 of 1: middle (1 + 1/2) / 2, half sqrt(1/4) / 2, so 0.5 to 1.
  EXPECT_DOUBLE_EQ(WilsonEstimate(1, 1, 1).low, 0.5);
  EXPECT_EQ(WilsonEstimate(1, 1, 1).high, 1);
}

TEST(Wilson, ItsLimitsAreZStandardErrorsAway) {
  std::mt19937 random(3);
  for (int round = 0; round < 500; ++round) {
    const auto trials = static_cast<std::int64_t>(1 + random() % 400);
    const auto successes = static_cast<std::int64_t>(random() % static_cast<unsigned>(trials + 1));
    const ShareEstimate one = WilsonEstimate(successes, trials);
    EXPECT_LE(0, one.low);
    EXPECT_LE(one.low, one.share);
    EXPECT_LE(one.share, one.high);
    EXPECT_LE(one.high, 1);
    const auto n = static_cast<double>(trials);
    for (const double limit : {one.low, one.high}) {
      if (limit <= 0 || limit >= 1) continue;
      EXPECT_NEAR(std::abs(one.share - limit), kNormal95 * std::sqrt(limit * (1 - limit) / n), 1e-9);
    }
    const ShareEstimate mirrored = WilsonEstimate(trials - successes, trials);
    EXPECT_NEAR(mirrored.low, 1 - one.high, 1e-12);
  }
}

TEST(Wilson, NothingCountedIsUnknown) {
  EXPECT_TRUE(std::isnan(WilsonEstimate(0, 0).share));
  EXPECT_TRUE(std::isnan(StratifiedEstimate({}).share));
  EXPECT_TRUE(std::isnan(CohenKappa(ConfusionMatrix(3))));
}

TEST(Stratified, WeighsByTheSizesOfTheStrata) {
  // 900 of one kind, all right; 100 of another, half right: 0.9 · 1 + 0.1 · 0.5.
  const std::vector<Stratum> strata = {{900, 20, 20}, {100, 10, 20}};
  const ShareEstimate one = StratifiedEstimate(strata);
  EXPECT_DOUBLE_EQ(one.share, 0.95);
  // Wilson's limits: 20 of 20 from 1 - 0.161125; 10 of 20 from 0.5 - 0.200702 to 0.5 + 0.200702.
  EXPECT_NEAR(one.low, 0.95 - std::hypot(0.9 * 0.161125, 0.1 * 0.200702), 1e-5);
  EXPECT_NEAR(one.high, 0.95 + 0.1 * 0.200702, 1e-5);
}

TEST(Stratified, OneStratumIsWilson) {
  for (const std::int64_t successes : {0, 3, 17, 20}) {
    const std::vector<Stratum> strata = {{777, successes, 20}, {50, 0, 0}};
    const ShareEstimate one = StratifiedEstimate(strata);
    const ShareEstimate wilson = WilsonEstimate(successes, 20);
    EXPECT_DOUBLE_EQ(one.share, wilson.share);
    EXPECT_NEAR(one.low, wilson.low, 1e-12);
    EXPECT_NEAR(one.high, wilson.high, 1e-12);
  }
}

TEST(Stratified, CoversTheTruthAboutAsOftenAsItSays) {
  std::mt19937 random(11);
  const std::vector<double> shares = {0.95, 0.7, 0.4};
  const std::vector<std::int64_t> sizes = {6000, 3000, 1000};
  const double truth = 0.6 * 0.95 + 0.3 * 0.7 + 0.1 * 0.4;
  int covered = 0;
  constexpr int kRounds = 4000;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Stratum> strata;
    for (std::size_t k = 0; k < shares.size(); ++k) {
      std::binomial_distribution<std::int64_t> draw(20, shares[k]);
      strata.push_back({sizes[k], draw(random), 20});
    }
    const ShareEstimate one = StratifiedEstimate(strata);
    covered += one.low <= truth && truth <= one.high;
  }
  EXPECT_GE(covered, kRounds * 0.93);
  EXPECT_LE(covered, kRounds * 0.985);
}

TEST(Kappa, ByHand) {
  // 50 things; both say the same of 35. By chance: 25/50 · 30/50 + 25/50 · 20/50 = 0.5, so (0.7 - 0.5) / 0.5.
  EXPECT_NEAR(CohenKappa(Matrix({{20, 5}, {10, 15}})), 0.4, 1e-12);
  // Chance alone: every cell is the product of its margins.
  EXPECT_NEAR(CohenKappa(Matrix({{12, 18}, {8, 12}})), 0, 1e-12);
  EXPECT_NEAR(CohenKappa(Matrix({{0, 10}, {10, 0}})), -1, 1e-12);
}

TEST(Kappa, IsOneForFullAgreementTheSameBothWaysAndAtMostOne) {
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    ConfusionMatrix matrix(4);
    ConfusionMatrix turned(4);
    ConfusionMatrix same(4);
    for (std::size_t row = 0; row < 4; ++row) {
      for (std::size_t column = 0; column < 4; ++column) {
        const auto count = static_cast<std::int64_t>(random() % 9 + 1);
        matrix.Add(row, column, count);
        turned.Add(column, row, count);
      }
      same.Add(row, row, static_cast<std::int64_t>(random() % 9 + 1));
    }
    EXPECT_NEAR(CohenKappa(matrix), CohenKappa(turned), 1e-12);
    EXPECT_LT(CohenKappa(matrix), 1);
    EXPECT_NEAR(CohenKappa(same), 1, 1e-12);
  }
  EXPECT_TRUE(std::isnan(CohenKappa(Matrix({{9, 0}, {0, 0}}))));  // one class: chance explains all
}

}  // namespace
}  // namespace sezim
