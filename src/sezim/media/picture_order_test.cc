// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/picture_order.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

namespace sezim {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

using Timestamps = std::vector<std::int64_t>;

// Of pictures that come in this order, those that are needed, as they are shown.
Timestamps NeededOf(const Timestamps& decoding_order, std::int64_t max_gap) {
  PictureOrder order(max_gap);
  for (const std::int64_t timestamp : decoding_order) order.Read(timestamp);
  Timestamps needed;
  for (const std::int64_t timestamp : decoding_order) {
    if (order.IsNeeded(timestamp)) needed.push_back(timestamp);
  }
  std::sort(needed.begin(), needed.end());
  return needed;
}

TEST(PictureOrder, WithoutBPicturesAllAreNeeded) {
  EXPECT_THAT(NeededOf({0, 40, 80, 120}, 100), ElementsAre(0, 40, 80, 120));
}

TEST(PictureOrder, WithoutAGapAllAreNeeded) {
  EXPECT_THAT(NeededOf({0, 120, 40, 80, 240, 160, 200}, 0), ElementsAre(0, 40, 80, 120, 160, 200, 240));
}

TEST(PictureOrder, BPicturesFillGapsEvenly) {
  EXPECT_THAT(NeededOf({0, 80, 40, 160, 120}, 100), ElementsAre(0, 80, 160));  // one at a time
  EXPECT_THAT(NeededOf({0, 120, 40, 80}, 100), ElementsAre(0, 40, 120));       // the earlier of two
  EXPECT_THAT(NeededOf({0, 160, 80, 40, 120}, 100), ElementsAre(0, 80, 160));  // the one between
  EXPECT_THAT(NeededOf({0, 320, 160, 40, 80, 120, 200, 240, 280}, 100), ElementsAre(0, 80, 160, 240, 320));
}

TEST(PictureOrder, WhereGapsAreLargeAnywayAllAreNeeded) {
  EXPECT_THAT(NeededOf({0, 600, 200, 400}, 100), ElementsAre(0, 200, 400, 600));
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_THAT(NeededOf({-kMost, kMost, 0}, 1), ElementsAre(-kMost, 0, kMost));
}

TEST(PictureOrder, WhatAnEditListCutsOffIsNotCounted) {
  PictureOrder order(100);
  order.Read(-80, false);
  for (const std::int64_t timestamp : {120, 40, 0, 80, 240, 160, 200}) order.Read(timestamp);
  EXPECT_TRUE(order.IsNeeded(-80));  // the others are made of it
  EXPECT_EQ(order.NextNeeded(-200), 0);
  for (const std::int64_t timestamp : {0, 40, 80, 120}) EXPECT_TRUE(order.IsNeeded(timestamp)) << timestamp;
  EXPECT_FALSE(order.IsNeeded(200));
}

TEST(PictureOrder, LongRunsAreNeededWhole) {
  Timestamps video{0, 4000};
  for (int i = 1; i < 100; ++i) video.push_back(40 * i);
  EXPECT_EQ(NeededOf(video, 100).size(), 101U);
}

TEST(PictureOrder, KnowsWhatComesBeforeTheFirstAnchor) {
  PictureOrder order(100), all(0);
  EXPECT_FALSE(order.IsBeforeFirst(7));
  for (const std::int64_t timestamp : {100, 20, 60, 140}) order.Read(timestamp), all.Read(timestamp);
  EXPECT_TRUE(order.IsBeforeFirst(60));
  EXPECT_FALSE(order.IsBeforeFirst(100));
  EXPECT_FALSE(all.IsBeforeFirst(60));
  order.Restart();
  order.Read(20);
  EXPECT_FALSE(order.IsBeforeFirst(60));
  EXPECT_TRUE(order.IsBeforeFirst(10));
  order.ReadUnknown();
  EXPECT_FALSE(order.IsBeforeFirst(10));
}

TEST(PictureOrder, BeforeTheFirstAnchorNothingIsNeeded) {
  EXPECT_THAT(NeededOf({100, 20, 60, 140}, 100), ElementsAre(100, 140));
}

TEST(PictureOrder, KnowsTheNextNeeded) {
  PictureOrder order(100);
  for (const std::int64_t timestamp : {0, 160, 80, 40, 120}) order.Read(timestamp);
  EXPECT_EQ(order.NextNeeded(-5), 0);
  EXPECT_EQ(order.NextNeeded(0), 80);
  EXPECT_EQ(order.NextNeeded(41), 80);
  EXPECT_EQ(order.NextNeeded(80), 160);
  EXPECT_EQ(order.NextNeeded(160), std::nullopt);
  order.Restart();
  EXPECT_EQ(order.NextNeeded(-5), std::nullopt);
}

// Runs of up to seven B-pictures, 40 apart.
Timestamps MadeVideo(unsigned seed, int num_runs) {
  std::mt19937 random(seed);
  Timestamps order{0};
  std::int64_t last = 0;
  for (int run = 0; run < num_runs; ++run) {
    Timestamps between(random() % 8);
    for (std::int64_t& timestamp : between) timestamp = last += 40;
    std::shuffle(between.begin(), between.end(), random);
    order.push_back(last += 40);
    order.insert(order.end(), between.begin(), between.end());
  }
  return order;
}

TEST(PictureOrder, NoGapIsTooLargeAndFewPicturesAreNeeded) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    const Timestamps video = MadeVideo(seed, 10);
    const Timestamps needed = NeededOf(video, 100);
    for (std::size_t i = 1; i < needed.size(); ++i) EXPECT_LE(needed[i] - needed[i - 1], 100) << seed;
  }
  // Of a run of seven, 320 long, three are needed, and two of one of four, where one would leave a gap of 120.
  EXPECT_EQ(NeededOf({0, 200, 40, 80, 120, 160}, 100).size(), 4U);
  EXPECT_EQ(NeededOf({0, 320, 40, 80, 120, 160, 200, 240, 280}, 100).size(), 5U);
}

// A decoder reads twenty packets ahead; another one began at a later anchor.
TEST(PictureOrder, DoesNotDependOnWhereReadingBeganNorOnWhatCameLongAgo) {
  const Timestamps video = MadeVideo(3, 200);
  const Timestamps all = [&] {  // asked twenty packets later
    PictureOrder order(100);
    Timestamps needed;
    for (std::size_t i = 0; i < video.size() + 20; ++i) {
      if (i < video.size()) order.Read(video[i]);
      if (i >= 20 && order.IsNeeded(video[i - 20])) needed.push_back(video[i - 20]);
    }
    std::sort(needed.begin(), needed.end());
    return needed;
  }();
  for (std::size_t begin = 0; begin < video.size(); ++begin) {
    const bool is_anchor =
        *std::max_element(video.begin(), video.begin() + static_cast<std::ptrdiff_t>(begin) + 1) == video[begin];
    if (!is_anchor) continue;
    const std::size_t end = std::min(video.size(), begin + 60);
    const Timestamps part(video.begin() + static_cast<std::ptrdiff_t>(begin),
                          video.begin() + static_cast<std::ptrdiff_t>(end));
    Timestamps needed = NeededOf(part, 100);
    std::erase_if(needed, [&](std::int64_t one) { return one < video[begin] || one > video[begin] + 1000; });
    Timestamps expected = all;
    std::erase_if(expected, [&](std::int64_t one) { return one < video[begin] || one > video[begin] + 1000; });
    EXPECT_THAT(needed, ElementsAreArray(expected)) << begin;
  }
}

}  // namespace
}  // namespace sezim
