// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <vector>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr std::size_t kMaxReplicates = 1'000'000;

// `sorted` is ascending and not empty.
double Quantile(const std::vector<double>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

}  // namespace

void BootstrapOptions::RequireValid() const {
  OptionChecks checks("bootstrap");
  checks.Require(num_replicates >= 1 && num_replicates <= kMaxReplicates, "replicates must be 1 to 1,000,000");
  checks.Require(level > 0 && level < 1, "the level must lie in (0, 1)");
  checks.ThrowIfAny();
}

ConfidenceInterval BootstrapInterval(std::size_t num_items, const Statistic& statistic, const BootstrapOptions& options,
                                     std::span<const std::string> groups) {
  options.RequireValid();
  Check(groups.empty() || groups.size() == num_items, "one group for each item, or none at all");
  std::vector<std::vector<std::size_t>> units;  // what is drawn: single items or whole groups
  if (groups.empty()) {
    for (std::size_t i = 0; i < num_items; ++i) units.push_back({i});
  } else {
    std::map<std::string, std::vector<std::size_t>> by_name;
    for (std::size_t i = 0; i < num_items; ++i) by_name[groups[i]].push_back(i);
    for (auto& [name, items] : by_name) units.push_back(std::move(items));
  }
  std::mt19937_64 random(options.seed);
  std::vector<double> values;
  std::vector<std::size_t> drawn;
  for (std::size_t r = 0; r < options.num_replicates && !units.empty(); ++r) {
    drawn.clear();
    for (std::size_t u = 0; u < units.size(); ++u) {
      const auto& unit = units[random() % units.size()];
      drawn.insert(drawn.end(), unit.begin(), unit.end());
    }
    const double value = statistic(drawn);
    if (!std::isnan(value)) values.push_back(value);
  }
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  if (values.empty()) return {kUnknown, kUnknown};
  std::sort(values.begin(), values.end());
  const double tail = (1 - options.level) / 2;
  return {.low = Quantile(values, tail), .high = Quantile(values, 1 - tail)};
}

}  // namespace sezim
