// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/picture_print.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

#include "sezim/base/error.h"
#include "sezim/vision/shot_cut.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using Small = std::vector<std::uint8_t>;

// A bright spot at (x, y) of a picture 1 wide and high, on a ground that gets brighter to the left.
Small Spot(double x, double y) {
  Small picture;
  for (int row = 0; row < kSmallPictureHeight; ++row) {
    for (int column = 0; column < kSmallPictureWidth; ++column) {
      const double dx = (column + 0.5) / kSmallPictureWidth - x, dy = (row + 0.5) / kSmallPictureHeight - y;
      const double level = 120 - column + 80 * std::exp(-(dx * dx + dy * dy) / 0.05);
      picture.push_back(static_cast<std::uint8_t>(std::lround(level)));
    }
  }
  return picture;
}

Small Mirrored(const Small& picture) {
  Small mirrored;
  for (auto row = picture.begin(); row != picture.end(); row += kSmallPictureWidth) {
    for (auto at = row + kSmallPictureWidth; at != row;) mirrored.push_back(*--at);
  }
  return mirrored;
}

// A spot that wanders up and down, from picture `first` on.
template <typename Change>
PicturePrint Wandering(std::int64_t first, int num_pictures, const Change& change) {
  PicturePrinter printer;
  for (std::int64_t picture = first; picture < first + num_pictures; ++picture) {
    const double angle = static_cast<double>(picture) / 20;
    printer.Accept(picture, change(Spot(0.4, 0.5 + 0.3 * std::sin(angle))));
  }
  return printer.Take();
}

const auto kUnchanged = [](const Small& picture) { return picture; };

TEST(PicturePrint, OneNumberForEachStepAfterTheFirst) {
  const PicturePrint print = Wandering(100, 50, kUnchanged);  // steps 20 to 29
  ASSERT_EQ(print.size(), 9U);
  EXPECT_EQ(print.front().step, 21U);
  EXPECT_EQ(print.back().step, 29U);
  for (const PictureChange& change : print) EXPECT_THAT(change.levels, testing::Contains(testing::Ne(0)));
  EXPECT_EQ(Wandering(98, 52, kUnchanged), print);  // a step of which some pictures are missing counts for nothing
  EXPECT_EQ(Wandering(100, 54, kUnchanged), print);
}

TEST(PicturePrint, OfAMirrorImageItIsTheSame) {
  EXPECT_EQ(Wandering(0, 100, Mirrored), Wandering(0, 100, kUnchanged));
  EXPECT_NE(Wandering(7, 100, kUnchanged), Wandering(0, 100, kUnchanged));
}

TEST(PicturePrint, WhatStandsStillLeavesNoTrace) {
  const auto nothing = [](const PicturePrint& print) {
    return std::all_of(print.begin(), print.end(),
                       [](const PictureChange& change) { return change.levels == decltype(change.levels){}; });
  };
  int number = 0;
  const auto noisy = [&](const Small&) {
    Small picture = Spot(0.3, 0.3);
    for (std::uint8_t& pixel : picture) pixel = static_cast<std::uint8_t>(pixel + (++number * 7 % 11 > 5 ? 1 : 0));
    return picture;
  };
  EXPECT_TRUE(nothing(Wandering(0, 100, noisy)));
  EXPECT_FALSE(nothing(Wandering(0, 100, kUnchanged)));
}

TEST(PicturePrint, NothingIsSaidAcrossAGap) {
  PicturePrinter printer;
  for (std::int64_t picture = 0; picture < 60; ++picture) {
    if (picture != 22) printer.Accept(picture, Spot(0.5, 0.01 * static_cast<double>(picture)));
  }
  std::vector<std::uint32_t> steps;
  for (const PictureChange& change : printer.Take()) steps.push_back(change.step);
  EXPECT_THAT(steps, testing::ElementsAre(1, 2, 3, 6, 7, 8, 9, 10, 11));  // step 4 is incomplete
  EXPECT_TRUE(printer.Take().empty());
}

TEST(PicturePrint, AsBytesAndBack) {
  const PicturePrint print = Wandering(0, 100, kUnchanged);
  const std::string bytes = PackPicturePrint(print);
  EXPECT_EQ(UnpackPicturePrint(bytes), print);
  EXPECT_TRUE(UnpackPicturePrint("").empty());
  const auto with = [&](std::size_t place, char byte) {
    std::string bad = bytes;
    bad[place] = byte;
    return bad;
  };
  for (const std::string& bad : {bytes.substr(0, bytes.size() - 1), with(4, 8), with(4, -8), with(0, 2), with(3, 1)}) {
    EXPECT_EQ(ThrownBy([&] { UnpackPicturePrint(bad); }).kind(), ErrorKind::kBadInput);
  }
}

}  // namespace
}  // namespace sezim
