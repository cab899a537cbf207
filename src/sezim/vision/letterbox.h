// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sezim/media/grey_image.h"
#include "sezim/vision/face.h"

namespace sezim {

// A picture scaled, its proportions kept, into the middle of a network's input of a fixed size.
struct Letterbox {
  int width = 0;  // of the scaled picture, pixels
  int height = 0;
  std::vector<std::uint8_t> pixels{};  // of the scaled picture, rows from the top; of the range of the original
  int left = 0;                        // pixels of the input before and above it
  int top = 0;
  double scale = 1;  // pixels of the input for one of the original

  // Where a place in the input is in the original.
  Point ToPicture(const Point& in_input) const;
};

// The largest scaled picture that fits `input_width` x `input_height`; each side is at least a pixel.
Letterbox FitInto(const GreyView& picture, int input_width, int input_height);

}  // namespace sezim
