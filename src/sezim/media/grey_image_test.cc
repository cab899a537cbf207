// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/grey_image.h"

#include <gtest/gtest.h>

namespace sezim {
namespace {

// 1 2 3    and two bytes at the end of each row that are no pixels
// 4 5 6
const std::vector<std::uint8_t> kPixels = {1, 2, 3, 99, 99, 4, 5, 6, 99, 99};
const GreyView kPicture{kPixels.data(), 3, 2, 5, true};

void ExpectPixels(Rotation rotation, int width, int height, const std::vector<std::uint8_t>& pixels) {
  const GreyImage turned = Rotated(kPicture, rotation);
  EXPECT_EQ(turned.width, width);
  EXPECT_EQ(turned.height, height);
  EXPECT_EQ(turned.pixels, pixels);
  EXPECT_TRUE(turned.limited_range);
  EXPECT_EQ(turned.view().stride, width);
}

TEST(GreyImage, TurnsByQuarters) {
  ExpectPixels(Rotation::kNone, 3, 2, {1, 2, 3, 4, 5, 6});
  ExpectPixels(Rotation::kClockwise90, 2, 3, {4, 1, 5, 2, 6, 3});
  ExpectPixels(Rotation::kHalfTurn, 3, 2, {6, 5, 4, 3, 2, 1});
  ExpectPixels(Rotation::kCounterclockwise90, 2, 3, {3, 6, 2, 5, 1, 4});
}

TEST(GreyImage, FourQuartersAreNone) {
  for (const Rotation rotation : {Rotation::kClockwise90, Rotation::kCounterclockwise90}) {
    GreyImage turned = Rotated(kPicture, rotation);
    for (int i = 0; i < 3; ++i) turned = Rotated(turned.view(), rotation);
    EXPECT_EQ(turned.pixels, Rotated(kPicture, Rotation::kNone).pixels);
  }
}

}  // namespace
}  // namespace sezim
