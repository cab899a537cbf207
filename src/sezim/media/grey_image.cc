// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/grey_image.h"

namespace sezim {

GreyImage Rotated(const GreyView& picture, Rotation rotation) {
  const bool quarter = rotation == Rotation::kClockwise90 || rotation == Rotation::kCounterclockwise90;
  GreyImage turned;
  turned.width = quarter ? picture.height : picture.width;
  turned.height = quarter ? picture.width : picture.height;
  turned.limited_range = picture.limited_range;
  turned.pixels.reserve(static_cast<std::size_t>(turned.width) * static_cast<std::size_t>(turned.height));
  const int last_x = picture.width - 1;
  const int last_y = picture.height - 1;
  for (int y = 0; y < turned.height; ++y) {
    for (int x = 0; x < turned.width; ++x) {
      int from_x = x;
      int from_y = y;
      switch (rotation) {
        case Rotation::kNone: break;
        case Rotation::kClockwise90: from_x = y, from_y = last_y - x; break;
        case Rotation::kHalfTurn: from_x = last_x - x, from_y = last_y - y; break;
        case Rotation::kCounterclockwise90: from_x = last_x - y, from_y = x; break;
      }
      turned.pixels.push_back(picture.data[from_y * picture.stride + from_x]);
    }
  }
  return turned;
}

}  // namespace sezim
