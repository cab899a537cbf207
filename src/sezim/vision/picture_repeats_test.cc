// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/picture_repeats.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace sezim {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

// Somebody who moves, another way for each seed: smoothly, as people do, and mostly in the longest waves.
PicturePrint Moving(unsigned seed, double duration_s) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, 1.5);
  std::array<double, kNumPictureWaves> speed{};
  PicturePrint print;
  for (std::uint32_t step = 1; step * kPicturePrintStepS < duration_s; ++step) {
    PictureChange& change = print.emplace_back();
    change.step = step;
    for (std::size_t i = 0; i < kNumPictureWaves; ++i) {
      speed[i] = 0.6 * speed[i] + normal(random) / (1 + 0.1 * static_cast<double>(i));
      change.levels[i] = static_cast<std::int8_t>(std::clamp(std::round(speed[i]), -7.0, 7.0));
    }
  }
  return print;
}

// From `from_s` to `to_s`, shown `later_s` later, and with an error of one level here and there.
PicturePrint Part(const PicturePrint& print, double from_s, double to_s, double later_s = 0) {
  std::mt19937 random(9);
  PicturePrint part;
  for (PictureChange change : print) {
    const double at_s = change.step * kPicturePrintStepS;
    if (at_s < from_s || at_s >= to_s) continue;
    change.step = static_cast<std::uint32_t>(std::lround((at_s + later_s) / kPicturePrintStepS));
    for (std::int8_t& level : change.levels) {
      const int error = static_cast<int>(random() % 5 == 0) - static_cast<int>(random() % 5 == 0);
      level = static_cast<std::int8_t>(std::clamp(level + error, -7, 7));
    }
    part.push_back(change);
  }
  return part;
}

PicturePrint Joined(PicturePrint a, const PicturePrint& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

auto IsRepeat(std::size_t later, double start_s, double end_s, std::size_t earlier, double earlier_start_s) {
  constexpr double kNear = 1.5;
  return AllOf(Field(&Repeat::later, later), Field(&Repeat::start_s, testing::DoubleNear(start_s, kNear)),
               Field(&Repeat::end_s, testing::DoubleNear(end_s, kNear)), Field(&Repeat::earlier, earlier),
               Field(&Repeat::earlier_start_s, testing::DoubleNear(earlier_start_s, kNear)));
}

std::vector<Repeat> Find(const std::vector<PicturePrint>& prints, const RepeatOptions& options = {}) {
  return FindPictureRepeats(prints, options);
}

TEST(PictureRepeats, WhatWasCutOutIsFoundWhereItLies) {
  const PicturePrint other = Moving(2, 30);
  const PicturePrint copy = Joined(other, Part(Moving(1, 120), 40, 70, -5));  // seen from 35 to 65 s
  EXPECT_THAT(Find({Moving(1, 120), copy}), ElementsAre(IsRepeat(1, 35, 65, 0, 40)));
  EXPECT_THAT(Find({copy, Moving(1, 120)}), ElementsAre(IsRepeat(1, 40, 70, 0, 35)));
  EXPECT_THAT(Find({Moving(1, 120), copy}, {.min_s = 32}), IsEmpty());
}

TEST(PictureRepeats, PausesInWhichNobodyLookedDoNoHarm) {
  const PicturePrint whole = Moving(1, 60);
  // One was looked at from 0 to 20 and from 26 to 60 s, the other from 5 to 40 s.
  const PicturePrint one = Joined(Part(whole, 0, 20), Part(whole, 26, 60));
  EXPECT_THAT(Find({one, Part(whole, 5, 40)}), ElementsAre(IsRepeat(1, 5, 40, 0, 5)));
}

TEST(PictureRepeats, OthersAreNotAlike) {
  std::vector<PicturePrint> prints;
  for (unsigned seed = 1; seed <= 30; ++seed) prints.push_back(Moving(seed, 120));
  EXPECT_THAT(Find(prints), IsEmpty());
}

TEST(PictureRepeats, WhatHardlyMovesIsNeverARepeat) {
  PicturePrint still = Moving(1, 60);
  for (PictureChange& change : still) {
    if (change.step % 25 != 0) change.levels = {};  // a slide every five seconds
  }
  EXPECT_THAT(Find({still, still}), IsEmpty());
  EXPECT_THAT(Find({{}, {}, Moving(1, 60), {}}), IsEmpty());
}

TEST(PictureRepeats, ATalkBetweenTheSameTwoPicturesIsAnother) {
  // Two programmes that begin and end alike for eight seconds.
  const auto programme = [](unsigned seed) {
    return Joined(Joined(Part(Moving(50, 8), 0, 8), Part(Moving(seed, 40), 8, 32)), Part(Moving(51, 40), 32, 40));
  };
  EXPECT_THAT(Find({programme(1), programme(2)}), IsEmpty());
}

TEST(PictureRepeats, WhatComesAgainInOneSourceIsNone) {
  EXPECT_THAT(Find({Joined(Moving(1, 40), Part(Moving(1, 40), 0, 40, 60))}), IsEmpty());
}

}  // namespace
}  // namespace sezim
