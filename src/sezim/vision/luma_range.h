// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace sezim {

// A luma value of limited range (black 16, white 235) in full range (0, 255).
inline std::uint8_t FullRange(std::uint8_t limited) {
  return static_cast<std::uint8_t>(std::clamp(std::lround((limited - 16) * 255.0 / 219.0), 0L, 255L));
}

}  // namespace sezim
