// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sezim {

// A figure of each fold, with their mean and standard deviation (of a sample: divided by n - 1; 0 for one fold).
struct FoldFigures {
  double mean = 0;
  double std = 0;
  std::vector<double> folds{};
};

// NaN as mean and deviation for no folds.
FoldFigures SummaryOf(std::vector<double> folds);

// The regularised incomplete beta function I_x(a, b), for a, b > 0 and x in [0, 1], to about 13 digits: the continued
// fraction of DLMF 8.17.22, evaluated by Lentz's method, on the side where it converges fast.
double IncompleteBeta(double a, double b, double x);

struct PairedTTestResult {
  double mean_difference = 0;  // of a - b
  double t = 0;
  double degrees_of_freedom = 0;
  double p = 1;  // two-sided
};

// Student's paired t-test of two systems measured on the same folds (Student 1908). Folds that share training data are
// not independent, which makes p too small (Dietterich 1998, "Approximate statistical tests for comparing supervised
// classification learning algorithms"): read it as an aid. Equal differences everywhere: t infinite and p 0, or, if
// they are 0, t 0 and p 1. Throws ContractViolation unless both have the same number of folds, at least 2.
PairedTTestResult PairedTTest(std::span<const double> a, std::span<const double> b);

struct McNemarResult {
  std::int64_t only_a_right = 0;
  std::int64_t only_b_right = 0;
  double p = 1;  // two-sided
};

// McNemar's exact test (McNemar 1947) of two systems on the same clips: whether the clips that just one of them got
// right fall to both alike, by the binomial distribution with 1/2: twice the smaller tail, at most 1. Throws
// ContractViolation for unequal sizes.
McNemarResult McNemarTest(const std::vector<bool>& is_right_a, const std::vector<bool>& is_right_b);

}  // namespace sezim
