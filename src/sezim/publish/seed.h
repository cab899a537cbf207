// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace sezim {

// The largest seed of a split or a review's sample: it stands in JSON, whose readers round larger whole numbers.
inline constexpr std::int64_t kMaxSeed = (std::int64_t{1} << 53) - 1;

}  // namespace sezim
