// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/significance.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr int kMaxTerms = 10'000;
constexpr double kTolerance = 1e-15;
constexpr double kTiny = 1e-300;  // in place of 0 in a denominator

// std::lgamma writes a global variable; the sign that it keeps there is always positive here.
double LogGamma(double x) {
  int sign = 0;
  return ::lgamma_r(x, &sign);
}

// The continued fraction of I_x(a, b), without the factor in front of it.
double BetaFraction(double a, double b, double x) {
  const auto away_from_zero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m <= kMaxTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    fraction *= c * d;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    fraction *= c * d;
    if (std::abs(c * d - 1) < kTolerance) break;
  }
  return fraction;
}

}  // namespace

FoldFigures SummaryOf(std::vector<double> folds) {
  FoldFigures figures{.folds = std::move(folds)};
  const auto n = static_cast<double>(figures.folds.size());
  if (figures.folds.empty()) {
    figures.mean = figures.std = std::numeric_limits<double>::quiet_NaN();
    return figures;
  }
  for (const double one : figures.folds) figures.mean += one / n;
  double squares = 0;
  for (const double one : figures.folds) squares += (one - figures.mean) * (one - figures.mean);
  figures.std = n > 1 ? std::sqrt(squares / (n - 1)) : 0;
  return figures;
}

double IncompleteBeta(double a, double b, double x) {
  Check(a > 0 && b > 0 && x >= 0 && x <= 1, "a and b are above 0, and x lies in [0, 1]");
  if (x == 0 || x == 1) return x;
  const double front = std::exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * BetaFraction(a, b, x) / a;
  return 1 - front * BetaFraction(b, a, 1 - x) / b;
}

PairedTTestResult PairedTTest(std::span<const double> a, std::span<const double> b) {
  Check(a.size() == b.size() && a.size() >= 2, "both systems have the same folds, at least 2");
  std::vector<double> differences(a.size());
  std::transform(a.begin(), a.end(), b.begin(), differences.begin(), [](double x, double y) { return x - y; });
  const FoldFigures figures = SummaryOf(differences);
  const auto n = static_cast<double>(a.size());
  PairedTTestResult result{.mean_difference = figures.mean, .degrees_of_freedom = n - 1};
  const bool all_equal =
      std::all_of(differences.begin(), differences.end(), [&](double d) { return d == differences[0]; });
  if (all_equal) {
    if (differences[0] == 0) return result;
    result.t = std::copysign(std::numeric_limits<double>::infinity(), differences[0]);
    result.p = 0;
    return result;
  }
  result.t = figures.mean / (figures.std / std::sqrt(n));
  // P(|T| > t) = I_{v / (v + t^2)}(v / 2, 1 / 2)
  const double v = result.degrees_of_freedom;
  result.p = IncompleteBeta(v / 2, 0.5, v / (v + result.t * result.t));
  return result;
}

McNemarResult McNemarTest(const std::vector<bool>& is_right_a, const std::vector<bool>& is_right_b) {
  Check(is_right_a.size() == is_right_b.size(), "both systems answered the same clips");
  McNemarResult result;
  for (std::size_t i = 0; i < is_right_a.size(); ++i) {
    if (is_right_a[i] && !is_right_b[i]) ++result.only_a_right;
    if (!is_right_a[i] && is_right_b[i]) ++result.only_b_right;
  }
  const auto n = static_cast<double>(result.only_a_right + result.only_b_right);
  const auto fewer = static_cast<double>(std::min(result.only_a_right, result.only_b_right));
  // P(X <= k) = I_{1 - q}(n - k, k + 1) for n throws with q = 1/2
  if (n > 0 && fewer < n - fewer) result.p = std::min(1.0, 2 * IncompleteBeta(n - fewer, fewer + 1, 0.5));
  return result;
}

}  // namespace sezim
