// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace sezim {

struct BootstrapOptions {
  std::size_t num_replicates = 1000;  // 1 to 1,000,000
  double level = 0.95;                // of the interval, in (0, 1)
  std::uint64_t seed = 1;

  // Throws Error (kUsage).
  void RequireValid() const;
};

struct ConfidenceInterval {
  double low = 0;
  double high = 0;
};

// A figure of the items with these indices, of which some may occur several times.
using Statistic = std::function<double(std::span<const std::size_t> items)>;

// The percentile interval of the bootstrap (Efron 1979, "Bootstrap methods: another look at the jackknife"): the
// statistic of as many items drawn with replacement, many times, and its quantiles (between order statistics by linear
// interpolation). With `groups`, the speaker of each item, whole speakers are drawn, since clips of one speaker are
// alike and drawing clips makes the interval too narrow (Bisani and Ney 2004, "Bootstrap estimates for confidence
// intervals in ASR performance evaluation"). Replicates where the statistic is NaN are left out; NaN if all are.
// The same arguments give the same interval. Throws Error (kUsage), ContractViolation.
ConfidenceInterval BootstrapInterval(std::size_t num_items, const Statistic& statistic,
                                     const BootstrapOptions& options = {}, std::span<const std::string> groups = {});

}  // namespace sezim
