// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/fill_parts.h"

#include <algorithm>

#include "sezim/learn/balanced_parts.h"

namespace sezim {

std::vector<Part> FillParts(const std::vector<EmotionCounts>& counts, const ByPart<double>& shares,
                            std::uint64_t seed) {
  std::vector<std::vector<std::int64_t>> groups;
  groups.reserve(counts.size());
  for (const EmotionCounts& each : counts) groups.emplace_back(each.begin(), each.end());
  const std::vector<std::size_t> parts = BalancedParts(groups, shares, seed);
  std::vector<Part> named(parts.size());
  std::transform(parts.begin(), parts.end(), named.begin(), [](std::size_t part) { return kParts[part]; });
  return named;
}

}  // namespace sezim
