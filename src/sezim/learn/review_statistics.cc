// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/review_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

}  // namespace

ShareEstimate WilsonEstimate(std::int64_t successes, std::int64_t trials, double z) {
  Check(successes >= 0 && successes <= trials, "successes lie between 0 and the trials");
  if (trials == 0) return {kUnknown, kUnknown, kUnknown};
  const auto n = static_cast<double>(trials);
  const double share = static_cast<double>(successes) / n;
  const double middle = (share + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  // At the ends the limit is the share itself, which rounding may miss.
  return {.share = share,
          .low = successes == 0 ? 0 : std::max(0.0, middle - half),
          .high = successes == trials ? 1 : std::min(1.0, middle + half)};
}

ShareEstimate StratifiedEstimate(std::span<const Stratum> strata, double z) {
  double size = 0;
  for (const Stratum& stratum : strata) {
    if (stratum.trials > 0) size += static_cast<double>(stratum.size);
  }
  if (size <= 0) return {kUnknown, kUnknown, kUnknown};
  double share = 0;
  double below = 0;
  double above = 0;
  for (const Stratum& stratum : strata) {
    if (stratum.trials == 0) continue;
    const double weight = static_cast<double>(stratum.size) / size;
    const ShareEstimate one = WilsonEstimate(stratum.successes, stratum.trials, z);
    share += weight * one.share;
    below += std::pow(weight * (one.share - one.low), 2);
    above += std::pow(weight * (one.high - one.share), 2);
  }
  return {
      .share = share, .low = std::max(0.0, share - std::sqrt(below)), .high = std::min(1.0, share + std::sqrt(above))};
}

double CohenKappa(const ConfusionMatrix& matrix) {
  const auto total = static_cast<double>(matrix.total());
  if (total == 0) return kUnknown;
  double observed = 0;
  double expected = 0;
  for (std::size_t k = 0; k < matrix.num_classes(); ++k) {
    observed += static_cast<double>(matrix.count(k, k)) / total;
    expected +=
        static_cast<double>(matrix.num_true(k)) / total * (static_cast<double>(matrix.num_predicted(k)) / total);
  }
  return expected < 1 ? (observed - expected) / (1 - expected) : kUnknown;
}

}  // namespace sezim
