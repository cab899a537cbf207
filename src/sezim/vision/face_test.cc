// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/face.h"

#include <gtest/gtest.h>

#include <random>

namespace sezim {
namespace {

TEST(IntersectionOverUnion, IsTheSharedPartOfWhatBothCover) {
  const FaceBox box{10, 20, 40, 30};
  EXPECT_DOUBLE_EQ(IntersectionOverUnion(box, box), 1);
  EXPECT_DOUBLE_EQ(IntersectionOverUnion(box, {30, 20, 40, 30}), 1.0 / 3);  // half of either
  EXPECT_DOUBLE_EQ(IntersectionOverUnion(box, {20, 25, 20, 10}), 1.0 / 6);  // lies inside
  EXPECT_DOUBLE_EQ(IntersectionOverUnion(box, {50, 20, 40, 30}), 0);        // touches
  EXPECT_DOUBLE_EQ(IntersectionOverUnion(box, {10, 200, 40, 30}), 0);       // beside one another in one direction only
  EXPECT_DOUBLE_EQ(IntersectionOverUnion(box, {30, 30, 0, 0}), 0);          // nothing overlaps with nothing
  EXPECT_DOUBLE_EQ(IntersectionOverUnion({0, 0, 60'000, 60'000}, {0, 0, 60'000, 30'000}), 0.5);  // past 31 bits
}

TEST(IntersectionOverUnion, IsSymmetricAndBetweenNothingAndAll) {
  std::mt19937 random(1);
  const auto any = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  for (int round = 0; round < 1000; ++round) {
    const FaceBox a{any(-50, 50), any(-50, 50), any(1, 90), any(1, 90)};
    const FaceBox b{any(-50, 50), any(-50, 50), any(1, 90), any(1, 90)};
    const double overlap = IntersectionOverUnion(a, b);
    EXPECT_EQ(overlap, IntersectionOverUnion(b, a));
    EXPECT_GE(overlap, 0);
    EXPECT_LE(overlap, 1);
    EXPECT_EQ(overlap == 1, a == b);
  }
}

TEST(FacePoints, BetweenGoesAllTheWayEvenly) {
  const FacePoints a{{10, 20}, {30, 22}, {21, 30}, {20, 40}};
  const FacePoints b{{14, 10}, {38, 10}, {26, 26}, {20, 48}};
  EXPECT_EQ(Between(a, b, 0), a);
  EXPECT_EQ(Between(a, b, 1), b);
  EXPECT_EQ(Between(a, b, 0.25F), (FacePoints{{11, 17.5F}, {32, 19}, {22.25F, 29}, {20, 42}}));
}

TEST(FacePoints, EyeDistanceIsThatOfTheEyesAlone) {
  EXPECT_FLOAT_EQ(EyeDistance({{10, 20}, {13, 24}, {100, 100}, {-7, 3}}), 5);
  EXPECT_FLOAT_EQ(EyeDistance({{13, 24}, {10, 20}, {}, {}}), 5);
  EXPECT_EQ(EyeDistance({}), 0);
}

}  // namespace
}  // namespace sezim
