// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sezim {

// A picture's luma plane, borrowed: row y starts at data + y * stride; one byte a pixel.
struct GreyView {
  const std::uint8_t* data = nullptr;
  int width = 0;
  int height = 0;
  std::ptrdiff_t stride = 0;
  // Limited range (ITU-R BT.601/709): black is 16 and white 235; full range: 0 and 255.
  bool limited_range = false;
};

// A picture that owns its pixels, rows without padding.
struct GreyImage {
  std::vector<std::uint8_t> pixels;
  int width = 0;
  int height = 0;
  bool limited_range = false;

  GreyView view() const { return {pixels.data(), width, height, width, limited_range}; }
};

enum class Rotation { kNone, kClockwise90, kHalfTurn, kCounterclockwise90 };

// `picture` turned by `rotation`.
GreyImage Rotated(const GreyView& picture, Rotation rotation);

}  // namespace sezim
