// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "sezim/learn/metrics.h"

namespace sezim {

// A share with the limits of its confidence interval, each in [0, 1]; NaN where nothing was counted.
struct ShareEstimate {
  double share = 0;
  double low = 0;
  double high = 1;
};

// The 97.5 % quantile of the normal distribution: intervals are of 95 %.
inline constexpr double kNormal95 = 1.959963984540054;

// The score interval of Wilson (1927), "Probable inference, the law of succession, and statistical inference": the
// shares p for which `successes` of `trials` lie within `z` standard errors of p. Requires 0 <= successes <= trials.
ShareEstimate WilsonEstimate(std::int64_t successes, std::int64_t trials, double z = kNormal95);

// What was seen of one part of a population.
struct Stratum {
  std::int64_t size = 0;  // of the part itself
  std::int64_t successes = 0;
  std::int64_t trials = 0;
};

// The share in a population of which each stratum was sampled by itself: the strata's shares weighted by their sizes.
// The limits are those of Zou, Huang and Zhang (2009), "A note on confidence interval estimation for a linear function
// of binomial proportions": the distances of the strata's Wilson limits from their shares, weighted, squared, summed.
// One stratum gives its Wilson interval. Strata without a trial are left out. No correction for strata that were
// sampled in full, so the interval is rather too wide.
ShareEstimate StratifiedEstimate(std::span<const Stratum> strata, double z = kNormal95);

// The kappa of Cohen (1960), "A coefficient of agreement for nominal scales": (observed - expected) / (1 - expected)
// agreement of two who sorted the same things, one in the rows and one in the columns. 1 at full agreement, 0 at what
// chance gives; NaN for no things, or where both put all into one class.
double CohenKappa(const ConfusionMatrix& matrix);

}  // namespace sezim
