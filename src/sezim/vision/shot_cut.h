// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sezim/media/grey_image.h"

namespace sezim {

inline constexpr int kSmallPictureWidth = 32;
inline constexpr int kSmallPictureHeight = 18;

// Tells where one shot ends and another begins: two pictures that follow one another within a shot are nearly alike
// when they are made small, two of different shots are not.
class ShotCutDetector {
 public:
  // True if `picture` belongs to another shot than the one before it. False for the first one.
  bool IsCut(const GreyView& picture);

  // The last picture, made small, row by row. Valid until the next call; empty after Reset().
  std::span<const std::uint8_t> small_picture() const { return previous_; }

  // The next picture has no predecessor.
  void Reset() { previous_.clear(); }

 private:
  std::vector<std::uint8_t> previous_;
};

}  // namespace sezim
