// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/metrics.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "sezim/base/error.h"

namespace sezim {
namespace {

double Auc(const std::vector<float>& scores, const std::vector<bool>& is_positive) {
  return RocAuc(scores, is_positive);
}

TEST(RocAuc, ExamplesByHand) {
  EXPECT_DOUBLE_EQ(Auc({1, 2, 3, 4}, {false, false, true, true}), 1);
  EXPECT_DOUBLE_EQ(Auc({4, 3, 2, 1}, {false, false, true, true}), 0);
  EXPECT_DOUBLE_EQ(Auc({0.1F, 0.4F, 0.35F, 0.8F}, {false, false, true, true}), 0.75);  // 3 of 4 pairs
  // Pairs (positive, negative): 2 > 1, 2 = 2 (half), 3 > 1, 3 > 2: 3.5 of 4.
  EXPECT_DOUBLE_EQ(Auc({1, 2, 2, 3}, {false, false, true, true}), 3.5 / 4);
  EXPECT_DOUBLE_EQ(Auc({5, 5, 5, 5, 5}, {true, false, true, false, false}), 0.5);
}

TEST(RocAuc, IsTheShareOfPairsInTheRightOrder) {
  std::mt19937 random(8);
  for (int round = 0; round < 50; ++round) {
    const std::size_t count = 2 + random() % 60;
    std::vector<float> scores(count);
    std::vector<bool> is_positive(count);
    for (std::size_t i = 0; i < count; ++i) {
      scores[i] = static_cast<float>(random() % 10) / 10;  // with many ties
      is_positive[i] = i == 0 || (i > 1 && random() % 2 == 0);
    }
    double right = 0;
    double pairs = 0;
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < count; ++j) {
        if (!is_positive[i] || is_positive[j]) continue;
        right += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
        pairs += 1;
      }
    }
    EXPECT_NEAR(Auc(scores, is_positive), right / pairs, 1e-12);
  }
}

TEST(RocAuc, NeedsBothKinds) {
  EXPECT_TRUE(std::isnan(Auc({}, {})));
  EXPECT_TRUE(std::isnan(Auc({1, 2}, {true, true})));
  EXPECT_TRUE(std::isnan(Auc({1, 2}, {false, false})));
  EXPECT_THROW(Auc({1, 2}, {true}), ContractViolation);
}

TEST(RocAuc, AScoreThatIsNoNumberMakesNone) {
  const float none = std::nanf("");
  EXPECT_TRUE(std::isnan(Auc({1, none, 3}, {false, true, true})));
  EXPECT_TRUE(std::isnan(Auc({none, none}, {false, true})));
}

TEST(PrecisionRecall, ARatioWithoutADenominatorIsZero) {
  const PrecisionRecall usual = PrecisionRecallOf(6, 2, 4);
  EXPECT_DOUBLE_EQ(usual.precision, 0.75);
  EXPECT_DOUBLE_EQ(usual.recall, 0.6);
  EXPECT_DOUBLE_EQ(usual.f1, 2 * 0.75 * 0.6 / 1.35);
  const PrecisionRecall none = PrecisionRecallOf(0, 0, 0);
  EXPECT_EQ(none.precision + none.recall + none.f1, 0);
}

// truth \ taken for   a  b  c
//                 a   5  1  0
//                 b   2  3  1
//                 c   0  0  0
ConfusionMatrix Example() {
  ConfusionMatrix matrix(3);
  matrix.Add(0, 0, 5);
  matrix.Add(0, 1);
  matrix.Add(1, 0, 2);
  matrix.Add(1, 1, 3);
  matrix.Add(1, 2);
  return matrix;
}

TEST(ConfusionMatrix, ExampleByHand) {
  const ConfusionMatrix matrix = Example();
  EXPECT_EQ(matrix.total(), 12);
  EXPECT_EQ(matrix.num_true(1), 6);
  EXPECT_EQ(matrix.num_predicted(0), 7);
  EXPECT_EQ(matrix.count(1, 0), 2);
  EXPECT_EQ(matrix.count(0, 1), 1);
  EXPECT_DOUBLE_EQ(matrix.Accuracy(), 8.0 / 12);
  EXPECT_DOUBLE_EQ(matrix.OfClass(0).precision, 5.0 / 7);
  EXPECT_DOUBLE_EQ(matrix.OfClass(0).recall, 5.0 / 6);
  EXPECT_DOUBLE_EQ(matrix.OfClass(1).precision, 3.0 / 4);
  // c never occurs in truth and is in no mean.
  EXPECT_DOUBLE_EQ(matrix.UnweightedAverageRecall(), (5.0 / 6 + 3.0 / 6) / 2);
  const double f1_a = 2 * (5.0 / 7) * (5.0 / 6) / (5.0 / 7 + 5.0 / 6);
  const double f1_b = 2 * (3.0 / 4) * (3.0 / 6) / (3.0 / 4 + 3.0 / 6);
  EXPECT_NEAR(matrix.MacroF1(), (f1_a + f1_b) / 2, 1e-12);
}

TEST(ConfusionMatrix, AnEmptyOneHasNoFigures) {
  const ConfusionMatrix matrix(2);
  EXPECT_EQ(matrix.Accuracy(), 0);
  EXPECT_EQ(matrix.UnweightedAverageRecall(), 0);
  EXPECT_EQ(matrix.MacroF1(), 0);
}

TEST(ConfusionMatrix, RefusesClassesThatItDoesNotHave) {
  ConfusionMatrix matrix(3);
  EXPECT_ANY_THROW(matrix.Add(3, 0));
  EXPECT_ANY_THROW(matrix.Add(0, 3));  // which would otherwise count as (1, 0)
  EXPECT_ANY_THROW(matrix.count(0, 3));
  EXPECT_EQ(matrix.total(), 0);
}

TEST(ConfusionMatrix, TheTextHoldsCountsAndFigures) {
  const std::string text = TextOf(Example(), {"a", "b", "c"});
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
  EXPECT_THAT(text, testing::ContainsRegex("a +5 +1 +0 +0.714 +0.833 +0.769"));
  EXPECT_THAT(text, testing::ContainsRegex("b +2 +3 +1 +0.750 +0.500 +0.600"));
  EXPECT_THROW(TextOf(Example(), {"a"}), ContractViolation);
}

}  // namespace
}  // namespace sezim
