// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>

namespace sezim {

// The part [start, end) of [begin, end) whose scores sum to the most, the first of equals; empty where none is above 0.
// `score`: of an index. (Kadane's algorithm: Bentley 1984, Commun. ACM 27, 865-873.)
template <typename Score>
std::pair<std::size_t, std::size_t> BestPart(std::size_t begin, std::size_t end, const Score& score) {
  std::pair best_part(begin, begin);
  double sum = 0, best = 0;
  for (std::size_t at = begin, start = begin; at < end; ++at) {
    sum += score(at);
    if (sum <= 0) {
      sum = 0;
      start = at + 1;
    } else if (sum > best) {
      best = sum;
      best_part = {start, at + 1};
    }
  }
  return best_part;
}

}  // namespace sezim
