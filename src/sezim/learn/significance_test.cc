// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/significance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "sezim/base/error.h"
#include "sezim/learn/bootstrap.h"
#include "sezim/learn/multiclass_auc.h"

namespace sezim {
namespace {

nlohmann::json Golden() {
  std::ifstream file(SEZIM_SOURCE_FOLDER "/golden/statistics/statistics.json");
  return nlohmann::json::parse(file);
}

double RelativeError(double value, double expected) {
  return std::abs(value - expected) / std::max(std::abs(expected), 1e-300);
}

TEST(StatisticsGolden, IncompleteBeta) {
  const nlohmann::json golden = Golden()["incomplete_beta"];
  ASSERT_FALSE(golden.empty());
  for (const auto& one : golden) {
    const double expected = one["value"];
    if (expected < 1e-290) continue;
    EXPECT_LT(RelativeError(IncompleteBeta(one["a"], one["b"], one["x"]), expected), 1e-10) << one.dump();
  }
}

TEST(StatisticsGolden, PairedTTest) {
  const nlohmann::json golden = Golden()["t_tests"];
  ASSERT_FALSE(golden.empty());
  for (const auto& one : golden) {
    const PairedTTestResult result =
        PairedTTest(one["a"].get<std::vector<double>>(), one["b"].get<std::vector<double>>());
    EXPECT_LT(RelativeError(result.t, one["t"]), 1e-9);
    EXPECT_EQ(result.degrees_of_freedom, one["df"]);
    EXPECT_LT(RelativeError(result.p, one["p"]), 1e-9);
  }
}

TEST(StatisticsGolden, McNemar) {
  const nlohmann::json golden = Golden()["mcnemar"];
  ASSERT_FALSE(golden.empty());
  for (const auto& one : golden) {
    std::vector<bool> a(20, true), b(20, true);  // both right
    a.insert(a.end(), one["only_a"], true);
    b.insert(b.end(), one["only_a"], false);
    a.insert(a.end(), one["only_b"], false);
    b.insert(b.end(), one["only_b"], true);
    const McNemarResult result = McNemarTest(a, b);
    EXPECT_EQ(result.only_a_right, one["only_a"]);
    EXPECT_EQ(result.only_b_right, one["only_b"]);
    EXPECT_LT(RelativeError(result.p, one["p"]), 1e-9) << one.dump();
    EXPECT_DOUBLE_EQ(McNemarTest(b, a).p, result.p);
  }
}

TEST(StatisticsGolden, MulticlassAuc) {
  const nlohmann::json golden = Golden()["auc"];
  const auto truth = golden["truth"].get<std::vector<std::size_t>>();
  const auto scores = golden["scores"].get<std::vector<float>>();
  EXPECT_NEAR(MulticlassAuc(scores, truth, 4), golden["value"], 1e-9);
}

TEST(StatisticsGolden, BootstrapOfAMean) {
  const nlohmann::json golden = Golden()["bootstrap_of_mean"];
  const auto values = golden["values"].get<std::vector<double>>();
  const Statistic mean = [&](std::span<const std::size_t> items) {
    double sum = 0;
    for (const std::size_t i : items) sum += values[i];
    return sum / static_cast<double>(items.size());
  };
  const ConfidenceInterval interval = BootstrapInterval(values.size(), mean, {.num_replicates = 50'000});
  EXPECT_NEAR(interval.low, golden["low"], 0.01);  // chance moves the limits by about 0.002
  EXPECT_NEAR(interval.high, golden["high"], 0.01);
}

TEST(Summary, IsOfASample) {
  const FoldFigures figures = SummaryOf({2, 4, 9});
  EXPECT_DOUBLE_EQ(figures.mean, 5);
  EXPECT_DOUBLE_EQ(figures.std, std::sqrt((9.0 + 1 + 16) / 2));
  EXPECT_EQ(figures.folds.size(), 3U);
  EXPECT_EQ(SummaryOf({7}).std, 0);
  EXPECT_TRUE(std::isnan(SummaryOf({}).mean));
}

TEST(PairedTTest, EqualDifferencesAreCertain) {
  const std::vector<double> a = {0.5, 0.25}, b = {0.25, 0};
  EXPECT_EQ(PairedTTest(a, a).p, 1);
  EXPECT_EQ(PairedTTest(a, a).t, 0);
  EXPECT_EQ(PairedTTest(a, b).p, 0);
  EXPECT_TRUE(std::isinf(PairedTTest(b, a).t));
  EXPECT_LT(PairedTTest(b, a).t, 0);
  EXPECT_THROW(PairedTTest(a, std::vector<double>{1}), ContractViolation);
}

TEST(McNemar, NothingThatTheyDifferInSaysNothing) {
  EXPECT_EQ(McNemarTest({true, false}, {true, false}).p, 1);
  EXPECT_THROW(McNemarTest({true}, {}), ContractViolation);
}

TEST(MulticlassAuc, ClassesThatNeverOccurAreInNoMean) {
  const std::vector<std::size_t> truth = {0, 1, 0};
  const std::vector<float> scores = {0.9F, 0.1F, 0, 0.2F, 0.8F, 0, 0.6F, 0.4F, 0};
  EXPECT_DOUBLE_EQ(MulticlassAuc(scores, truth, 3), 1);
  EXPECT_TRUE(std::isnan(MulticlassAuc(std::vector<float>{1, 0, 0}, std::vector<std::size_t>{0}, 3)));
  EXPECT_THROW(MulticlassAuc(scores, truth, 2), ContractViolation);
}

TEST(Bootstrap, DrawingSpeakersWidensTheIntervalWhereTheirClipsAreAlike) {
  std::mt19937_64 random(3);
  std::vector<std::string> speakers;
  std::vector<double> values;
  for (int s = 0; s < 12; ++s) {
    for (int i = 0; i < 40; ++i) {
      speakers.push_back("s" + std::to_string(s));
      values.push_back(s + static_cast<double>(random() % 100) / 100);
    }
  }
  const Statistic mean = [&](std::span<const std::size_t> items) {
    double sum = 0;
    for (const std::size_t i : items) sum += values[i];
    return sum / static_cast<double>(items.size());
  };
  const ConfidenceInterval by_clip = BootstrapInterval(values.size(), mean);
  const ConfidenceInterval by_speaker = BootstrapInterval(values.size(), mean, {}, speakers);
  EXPECT_GT(by_speaker.high - by_speaker.low, 3 * (by_clip.high - by_clip.low));
  EXPECT_EQ(by_speaker.low, BootstrapInterval(values.size(), mean, {}, speakers).low);
  EXPECT_NE(by_clip.low, BootstrapInterval(values.size(), mean, {.seed = 2}).low);
  EXPECT_LT(by_clip.low, 6);
  EXPECT_GT(by_clip.high, 6);
}

TEST(Bootstrap, LeavesOutWhatHasNoValueAndChecksItsOptions) {
  const Statistic none = [](std::span<const std::size_t>) { return std::nan(""); };
  EXPECT_TRUE(std::isnan(BootstrapInterval(5, none).low));
  EXPECT_TRUE(std::isnan(BootstrapInterval(0, none).high));
  EXPECT_THROW(BootstrapInterval(5, none, {.num_replicates = 0}), Error);
  EXPECT_THROW(BootstrapInterval(5, none, {.level = 1}), Error);
}

}  // namespace
}  // namespace sezim
