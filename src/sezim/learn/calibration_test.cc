// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sezim/base/error.h"

namespace sezim {
namespace {

TEST(ExpectedCalibrationError, ExampleByHand) {
  // Two bins: (0, 0.5] holds 0.4 wrong and 0.5 right, (0.5, 1] holds 0.9 right, 0.8 wrong and 1.0 right.
  const std::vector<double> confidences = {0.4, 0.9, 0.5, 0.8, 1.0};
  const std::vector<bool> is_right = {false, true, true, false, true};
  EXPECT_NEAR(ExpectedCalibrationError(confidences, is_right, 2), 0.4 * 0.05 + 0.6 * (0.9 - 2.0 / 3), 1e-12);
}

TEST(ExpectedCalibrationError, IsZeroForTheSureWhoAreRightAndOneForTheSureWhoAreWrong) {
  EXPECT_EQ(ExpectedCalibrationError(std::vector<double>{1, 1, 0}, {true, true, false}), 0);
  EXPECT_EQ(ExpectedCalibrationError(std::vector<double>{1, 1}, {false, false}), 1);
  EXPECT_TRUE(std::isnan(ExpectedCalibrationError({}, {})));
  EXPECT_THROW(ExpectedCalibrationError(std::vector<double>{1.5}, {true}), ContractViolation);
  EXPECT_THROW(ExpectedCalibrationError(std::vector<double>{std::nan("")}, {true}), ContractViolation);
  EXPECT_THROW(ExpectedCalibrationError(std::vector<double>{1}, {}), ContractViolation);
}

TEST(ExpectedCalibrationError, ABinTakesItsUpperEdge) {
  // 0.2 = 3 / 15 belongs to the third bin; with 0.21, of the fourth, errors do not cancel.
  EXPECT_NEAR(ExpectedCalibrationError(std::vector<double>{0.2, 0.14}, {true, false}), (0.8 - 0.14) / 2, 1e-12);
  EXPECT_NEAR(ExpectedCalibrationError(std::vector<double>{0.21, 0.14}, {true, false}), (0.79 + 0.14) / 2, 1e-12);
}

TEST(ReliabilityBins, ExampleByHandWithoutEmptyBins) {
  const auto bins = ReliabilityBins(std::vector<double>{0.9, 0.2, 1.0, 0.1}, {true, false, false, true}, 4);
  ASSERT_EQ(bins.size(), 2U);  // (0, 0.25] and (0.75, 1]
  EXPECT_EQ(bins[0].num_clips, 2U);
  EXPECT_NEAR(bins[0].mean_confidence, 0.15, 1e-12);
  EXPECT_EQ(bins[1].accuracy, 0.5);
  EXPECT_TRUE(ReliabilityBins({}, {}).empty());
}

TEST(RiskCoverage, ExampleByHand) {
  const std::vector<double> confidences = {0.5, 0.9, 0.7, 0.7};
  const std::vector<bool> is_right = {false, true, true, false};
  const std::vector<RiskAtCoverage> curve = RiskCoverageCurve(confidences, is_right);
  ASSERT_EQ(curve.size(), 3U);
  EXPECT_EQ(curve[0].threshold, 0.9);
  EXPECT_DOUBLE_EQ(curve[0].coverage, 0.25);
  EXPECT_EQ(curve[0].risk, 0);
  EXPECT_DOUBLE_EQ(curve[1].coverage, 0.75);
  EXPECT_DOUBLE_EQ(curve[1].risk, 1.0 / 3);
  EXPECT_DOUBLE_EQ(curve[2].coverage, 1);
  EXPECT_DOUBLE_EQ(curve[2].risk, 0.5);
  EXPECT_DOUBLE_EQ(AreaUnderRiskCoverage(curve), 0.5 / 3 + 0.25 * 0.5);
}

TEST(RiskCoverage, ConfidenceInTheRightOrderGivesTheSmallestArea) {
  const std::vector<bool> is_right = {true, true, false, false};
  const auto area = [&](const std::vector<double>& confidences) {
    return AreaUnderRiskCoverage(RiskCoverageCurve(confidences, is_right));
  };
  EXPECT_LT(area({0.9, 0.8, 0.2, 0.1}), area({0.9, 0.1, 0.8, 0.2}));
  EXPECT_DOUBLE_EQ(area({0.5, 0.5, 0.5, 0.5}), 0.5);
  EXPECT_TRUE(std::isnan(AreaUnderRiskCoverage({})));
}

}  // namespace
}  // namespace sezim
