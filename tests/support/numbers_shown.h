// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "sezim/media/frame_decoder.h"
#include "support/clips.h"

namespace sezim {

// The moments of ticks [first, end), ten a second.
inline std::vector<double> Ticks(int first, int end) {
  std::vector<double> times;
  for (int tick = first; tick < end; ++tick) times.push_back(tick / 10.0);
  return times;
}

// The numbers that the pictures of `times` say, -1 where there is none; each is handed out once and in order.
inline std::vector<int> NumbersShown(FrameDecoder& decoder, const std::vector<double>& times) {
  std::vector<int> numbers;
  decoder.Decode(times, [&](std::size_t index, const GreyView* picture) {
    EXPECT_EQ(index, numbers.size());
    numbers.push_back(NumberOf(picture));
  });
  EXPECT_EQ(numbers.size(), times.size());
  return numbers;
}

// What they should say in a clip whose first picture has the number `first` and is shown at `start_s`.
inline std::vector<int> NumbersAt(const std::vector<double>& times, double start_s = 0, int first = 0) {
  std::vector<int> numbers;
  for (const double time : times) {
    const int number = first + static_cast<int>(std::floor((time - start_s) * kClipFps + 0.0025));
    numbers.push_back(number >= first && number < kClipFrames ? number : -1);
  }
  return numbers;
}

}  // namespace sezim
