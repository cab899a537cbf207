// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstring>

namespace sezim {

// The sum of a[i] b[i] over `count` numbers, a multiple of 8. Added up in a fixed order of eight partial sums, so that
// it is fast and the same everywhere.
inline float DotProduct(const float* a, const float* b, std::size_t count) {
  using Four = float __attribute__((vector_size(16)));
  Four low{}, high{};
  for (std::size_t i = 0; i < count; i += 8) {
    Four a_low, a_high, b_low, b_high;
    std::memcpy(&a_low, a + i, sizeof(Four));
    std::memcpy(&a_high, a + i + 4, sizeof(Four));
    std::memcpy(&b_low, b + i, sizeof(Four));
    std::memcpy(&b_high, b + i + 4, sizeof(Four));
    low += a_low * b_low;
    high += a_high * b_high;
  }
  const Four sum = low + high;
  return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

}  // namespace sezim
