// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

namespace sezim {

// A luma value of limited range (black 16, white 235) in full range (0, 255): (limited - 16) * 255 / 219, rounded.
constexpr std::uint8_t FullRange(std::uint8_t limited) {
  return static_cast<std::uint8_t>(std::min(255, (std::max(limited - 16, 0) * 510 + 219) / 438));
}

}  // namespace sezim
