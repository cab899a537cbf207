// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/experiment_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sezim/emotion/experiment_comparison.h"

namespace sezim {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

// A row of two folds of four utterances of two classes, where `said` holds the class that was answered to each.
ExperimentRow Row(const std::string& name, const std::vector<int>& said, const std::string& dataset = "all",
                  std::size_t num_folds = 2) {
  ExperimentRow row{.system = {.name = name},
                    .dataset = dataset,
                    .classes = {"angry", "sad"},
                    .labels = {0, 0, 1, 1, 0, 0, 1, 1},
                    .speakers = {"a", "a", "a", "a", "b", "b", "b", "b"}};
  const std::size_t size = said.size() / num_folds;
  for (std::size_t f = 0; f < num_folds; ++f) {
    FoldScores fold{.name = "fold", .scores = {.num_frames = static_cast<std::int64_t>(size), .dim = 2}, .choice = "C"};
    for (std::size_t i = f * size; i < (f + 1) * size; ++i) {
      fold.test.push_back(i);
      const float second = said[i] == 1 ? 0.8F : 0.2F;
      fold.scores.values.insert(fold.scores.values.end(), {1 - second, second});
    }
    row.folds.push_back(fold);
  }
  row.figures = FiguresOf(row.folds, row.labels, 2, row.speakers);
  return row;
}

const std::vector<int> kRight = {0, 0, 1, 1, 0, 0, 1, 1};
const std::vector<int> kThreeWrong = {1, 1, 1, 1, 1, 0, 1, 1};  // recalls 0 and 1, then 1/2 and 1

ExperimentResult Result(std::vector<ExperimentRow> rows) {
  ExperimentResult result{.experiment = {.name = "e", .title = "Tones"}, .rows = std::move(rows)};
  for (const ExperimentRow& row : result.rows) {
    if (result.experiment.datasets.empty() || result.experiment.datasets.back().name != row.dataset) {
      result.experiment.datasets.push_back({.name = row.dataset});
    }
  }
  return result;
}

TEST(CompareWithBest, IsTheExampleByHand) {
  const std::vector<ExperimentRow> rows = {Row("worse", kThreeWrong), Row("best", kRight), Row("as good", kRight)};
  EXPECT_EQ(BestRows(rows), std::vector<std::size_t>{1});
  const std::vector<RowComparison> comparisons = CompareWithBest(rows);
  ASSERT_EQ(comparisons.size(), 2U);
  EXPECT_EQ(comparisons[0].row, 0U);
  EXPECT_EQ(comparisons[0].best, 1U);
  EXPECT_DOUBLE_EQ(comparisons[0].uar_difference, -0.375);  // 1/2 and 3/4 against 1
  // Differences -1/2 and -1/4: mean -3/8, standard error 1/8, so t = -3; of one degree p = 1 - 2 / pi * atan 3.
  ASSERT_TRUE(comparisons[0].t_test);
  EXPECT_NEAR(comparisons[0].t_test->t, -3, 1e-9);
  EXPECT_NEAR(comparisons[0].t_test->p, 0.20483, 1e-5);
  EXPECT_EQ(comparisons[0].mcnemar.only_a_right, 0);
  EXPECT_EQ(comparisons[0].mcnemar.only_b_right, 3);
  EXPECT_NEAR(comparisons[0].mcnemar.p, 0.25, 1e-12);
  EXPECT_EQ(comparisons[0].num_utterances, 8U);
  EXPECT_EQ(comparisons[1].mcnemar.p, 1);
}

TEST(CompareWithBest, KeepsDatasetsApartAndKnowsNoTTestOfOneFold) {
  const std::vector<ExperimentRow> rows = {Row("A", kRight, "one"), Row("B", kThreeWrong, "one"),
                                           Row("A", kThreeWrong, "two", 1), Row("B", kRight, "two", 1)};
  EXPECT_EQ(BestRows(rows), (std::vector<std::size_t>{0, 3}));
  const std::vector<RowComparison> comparisons = CompareWithBest(rows);
  ASSERT_EQ(comparisons.size(), 2U);
  EXPECT_TRUE(comparisons[0].t_test);
  EXPECT_EQ(comparisons[1].row, 2U);
  EXPECT_FALSE(comparisons[1].t_test);
  EXPECT_EQ(CompareWithBest({rows[0]}).size(), 0U);
}

TEST(ExperimentJson, HoldsFiguresComparisonsAndNullForWhatCannotBe) {
  const Json json = Json::parse(JsonOf(Result({Row("worse", kThreeWrong, "all", 1), Row("best", kRight, "all", 1)})));
  const Json& pooled = json["systems"][0]["pooled"];
  EXPECT_EQ(pooled["uar"], 0.625);
  EXPECT_EQ(pooled["uar_interval"]["drawn"], "speakers");
  EXPECT_EQ(pooled["uar_interval"]["level"], 0.95);
  EXPECT_EQ(pooled["accuracy_at_coverage"].size(), 4U);
  EXPECT_EQ(pooled["accuracy_at_coverage"][0]["accuracy"], 0.625);
  EXPECT_EQ(json["systems"][1]["pooled"]["auc"], 1);
  EXPECT_TRUE(json["comparisons"][0]["paired_t_test"].is_null());
  EXPECT_EQ(json["comparisons"][0]["system"], "worse");
  EXPECT_EQ(json["comparisons"][0]["best"], "best");
  EXPECT_EQ(json["comparisons"][0]["mcnemar"]["only_best_right"], 3);

  ExperimentRow alone = Row("alone", kRight);
  alone.labels.assign(8, 0);
  alone.speakers.assign(8, "a");
  alone.figures = FiguresOf(alone.folds, alone.labels, 2, alone.speakers);
  const Json one_class = Json::parse(JsonOf(Result({alone})));
  EXPECT_TRUE(one_class["systems"][0]["pooled"]["auc"].is_null());
  EXPECT_TRUE(one_class["systems"][0]["pooled"]["uar_interval"].is_null());
  EXPECT_TRUE(one_class["comparisons"].empty());
}

TEST(ExperimentTable, PutsPublishedFiguresBesideOursWhereTheyBelong) {
  std::vector<ExperimentRow> rows = {Row("A", kRight, "one"), Row("A", kThreeWrong, "two")};
  for (ExperimentRow& row : rows) {
    row.system.published = {{"accuracy", 0.8695, "Table 5", "one"}, {"uar", 0.753, "EmoBox", ""}};
  }
  const ExperimentResult result = Result(rows);
  const Json json = Json::parse(JsonOf(result));
  ASSERT_EQ(json["systems"][0]["published"].size(), 2U);
  EXPECT_EQ(json["systems"][0]["published"][0],
            Json({{"measure", "accuracy"}, {"value", 0.8695}, {"where", "Table 5"}}));
  ASSERT_EQ(json["systems"][1]["published"].size(), 1U);
  EXPECT_EQ(json["systems"][1]["published"][0]["measure"], "uar");

  const std::string markdown = MarkdownOf(result);
  EXPECT_THAT(markdown, HasSubstr("| *published: Table 5* | |  | 87.0 |  |"));
  EXPECT_THAT(markdown, HasSubstr("| *published: EmoBox* | | 75.3 |  |  |"));
  EXPECT_EQ(markdown.find("Table 5"), markdown.rfind("Table 5"));  // on one dataset only

  const std::string text = TextOf(result);
  const std::string header = text.substr(text.find("per cent"), text.find('\n', text.find("per cent")));
  const auto column_of = [&](const std::string& line_with, const std::string& value) {
    const std::size_t begin = text.rfind('\n', text.find(line_with)) + 1;
    return text.substr(begin, text.find('\n', begin) - begin).find(value) + value.size();
  };
  EXPECT_EQ(column_of("published: Table 5", "87.0"), header.find("accuracy") + 8);
  EXPECT_EQ(column_of("published: EmoBox", "75.3"), header.find("UAR") + 3);
}

TEST(ExperimentText, ShowsIntervalsAndComparisons) {
  const std::string text = TextOf(Result({Row("worse", kThreeWrong), Row("best", kRight)}));
  EXPECT_THAT(text, HasSubstr("50.0 to 75.0"));  // worse: of speaker a alone, of speaker b alone
  EXPECT_THAT(text, HasSubstr("-37.5     0.205     0.250"));
  EXPECT_THAT(text, HasSubstr("best\n"));
  EXPECT_THAT(text, Not(HasSubstr("nan")));
}

}  // namespace
}  // namespace sezim
