// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/speaking.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "sezim/base/error.h"

namespace sezim {
namespace {

struct Series {
  std::vector<MouthMeasure> mouth;
  std::vector<float> energy;
};

SpeakingEvidence Weigh(const Series& series) {
  return WeighSpeaking(series.mouth, series.energy);
}

// `count` pictures (a multiple of 20) of a mouth whose synchrony with the voice is just `synchrony`: the voice is a
// sine, the mouth that sine and a cosine, which have no correlation over whole periods.
Series SeriesOf(std::size_t count, double synchrony) {
  Series series;
  for (std::size_t i = 0; i < count; ++i) {
    const double at = 2 * std::numbers::pi * static_cast<double>(i) / 20;
    series.energy.push_back(static_cast<float>(std::sin(at)));
    const double other = std::sqrt(1 - synchrony * synchrony) * std::cos(at);
    series.mouth.push_back({.openness = static_cast<float>(synchrony * std::sin(at) + other),
                            .mouth_motion = 0.3F,
                            .upper_motion = 0.15F,
                            .change = 4});
  }
  return series;
}

TEST(WeighSpeaking, SynchronyIsTheCorrelationOfOpennessAndEnergy) {
  for (const double synchrony : {-1.0, -0.4, 0.0, 0.1, 0.7, 1.0}) {
    EXPECT_NEAR(Weigh(SeriesOf(60, synchrony)).synchrony, synchrony, 1e-5);
  }
}

TEST(WeighSpeaking, TheScaleOfEitherSeriesDoesNotCount) {
  Series series = SeriesOf(60, 0.6);
  const SpeakingEvidence evidence = Weigh(series);
  for (MouthMeasure& one : series.mouth) one.openness = 0.01F * one.openness - 3;
  for (float& one : series.energy) one = 4 * one + 100;
  EXPECT_NEAR(Weigh(series).synchrony, evidence.synchrony, 1e-3);
  EXPECT_NEAR(Weigh(series).log_odds, evidence.log_odds, 0.02);
}

TEST(WeighSpeaking, TellsAMouthThatFollowsTheVoiceFromOneThatDoesNot) {
  std::mt19937 random(6);
  std::normal_distribution<float> normal;
  int num_taken_for_speakers = 0;
  for (int round = 0; round < 100; ++round) {
    Series own, other;
    float smooth = 0, others = 0;
    for (int i = 0; i < 60; ++i) {
      smooth = 0.6F * smooth + normal(random);
      others = 0.6F * others + normal(random);
      own.energy.push_back(smooth);
      own.mouth.push_back({smooth + 0.8F * normal(random), 0.3F, 0.15F, 4});
      other.mouth.push_back({others + 0.8F * normal(random), 0.3F, 0.15F, 4});
    }
    other.energy = own.energy;
    EXPECT_GT(Weigh(own).log_odds, 0) << round;
    if (Weigh(other).log_odds > 0) ++num_taken_for_speakers;
  }
  EXPECT_LE(num_taken_for_speakers, 20);
}

TEST(WeighSpeaking, MoreSynchronyIsNeverLessLikelyOfASpeaker) {
  for (const std::size_t count : {20U, 40U, 100U, 200U, 1000U, 20'000U}) {
    double before = -1e300;
    for (int step = -20; step <= 20; ++step) {
      const double log_odds = Weigh(SeriesOf(count, step / 20.0)).log_odds;
      EXPECT_GE(log_odds, before - 1e-3) << count << " pictures, " << step / 20.0;
      before = log_odds;
    }
    EXPECT_GT(before, 0) << count;
    EXPECT_LT(Weigh(SeriesOf(count, -1)).log_odds, 0) << count;
    EXPECT_LT(Weigh(SeriesOf(count, 0)).log_odds, 0) << count;
  }
}

TEST(WeighSpeaking, MorePicturesDecideMore) {
  for (const std::size_t count : {20U, 40U, 100U, 200U}) {
    EXPECT_GT(Weigh(SeriesOf(2 * count, 0.8)).log_odds, Weigh(SeriesOf(count, 0.8)).log_odds) << count;
    EXPECT_LT(Weigh(SeriesOf(2 * count, 0)).log_odds, Weigh(SeriesOf(count, 0)).log_odds) << count;
  }
}

TEST(WeighSpeaking, MotionRatioIsOfTheMeans) {
  Series series = SeriesOf(20, 0);
  EXPECT_NEAR(Weigh(series).motion_ratio, 2, 1e-6);
  for (std::size_t i = 0; i < 10; ++i) series.mouth[i].mouth_motion = 0;
  EXPECT_NEAR(Weigh(series).motion_ratio, 1, 1e-6);
  for (MouthMeasure& one : series.mouth) one.upper_motion = 0;
  EXPECT_EQ(Weigh(series).motion_ratio, 0);  // a still picture
}

TEST(WeighSpeaking, AMouthThatRestsIsUnlikelyToSpeakAndOneThatMovesIsNoProof) {
  const auto log_odds = [](double synchrony, double ratio) {
    Series series = SeriesOf(40, synchrony);
    for (MouthMeasure& one : series.mouth) one.mouth_motion = static_cast<float>(ratio) * one.upper_motion;
    return Weigh(series).log_odds;
  };
  double before = -1e300;
  for (double ratio = 0.01; ratio < 100; ratio *= 1.1) {
    const double now = log_odds(0.5, ratio);
    EXPECT_GE(now, before - 1e-9) << ratio;
    before = now;
  }
  EXPECT_LT(log_odds(0.5, 0.5), 0);
  EXPECT_GT(log_odds(0.5, 2), 0);
  EXPECT_LT(log_odds(0, 100), 0);
}

TEST(WeighSpeaking, WhatDoesNotChangeTellsNothingOfSynchrony) {
  Series still = SeriesOf(40, 0.9);
  for (MouthMeasure& one : still.mouth) one.openness = -1.7F;
  EXPECT_EQ(Weigh(still).synchrony, 0);
  EXPECT_LT(Weigh(still).log_odds, 0);
  Series silent = SeriesOf(40, 0.9);
  for (float& one : silent.energy) one = -7;
  EXPECT_EQ(Weigh(silent).synchrony, 0);
}

TEST(WeighSpeaking, TwoPicturesTellNothing) {
  for (const std::size_t count : {0U, 1U, 2U}) {
    Series series = SeriesOf(20, 1);
    series.mouth.resize(count);
    series.energy.resize(count);
    const SpeakingEvidence evidence = Weigh(series);
    EXPECT_EQ(evidence.num_pictures, count);
    EXPECT_EQ(evidence.synchrony, 0);
    EXPECT_EQ(evidence.motion_ratio, 0);
    EXPECT_EQ(evidence.log_odds, 0);
  }
  EXPECT_EQ(Weigh(SeriesOf(20, 1)).num_pictures, 20U);
}

// `series` where each picture is shown for `times` of the clock, from a picture of the clock on; `noise` is how much a
// repetition differs.
Series Held(Series series, std::size_t times, float noise = 0) {
  for (std::size_t i = 0; i < series.mouth.size(); ++i) {
    const std::size_t age = i % times;
    series.mouth[i] = series.mouth[i - age];
    series.energy[i] = series.energy[i - age];
    if (age > 0) series.mouth[i].change = noise;
  }
  return series;
}

TEST(WeighSpeaking, PicturesThatAreShownOnAreNoOtherPictures) {
  EXPECT_EQ(Weigh(SeriesOf(60, 0.8)).num_different, 60U);
  for (const std::size_t times : {2U, 3U, 10U, 20U, 60U}) {
    const SpeakingEvidence evidence = Weigh(Held(SeriesOf(60, 0.8), times));
    EXPECT_EQ(evidence.num_pictures, 60U);
    EXPECT_EQ(evidence.num_different, 60 / times);
  }
  EXPECT_EQ(Weigh(Held(SeriesOf(60, 1), 30)).log_odds, 0);  // two of them: they agree with any voice, or its opposite
}

TEST(WeighSpeaking, WhatDiffersByTheNoiseOfCodingIsNoOtherPicture) {
  for (const std::size_t times : {2U, 5U, 10U, 20U, 30U}) {
    for (const float noise : {0.1F, 0.39F}) {  // of 4
      EXPECT_EQ(Weigh(Held(SeriesOf(60, 0.8), times, noise)).num_different, 60 / times) << times << ", " << noise;
    }
  }
  EXPECT_EQ(Weigh(Held(SeriesOf(60, 0.8), 5, 0.79F)).num_different, 12U);  // within half a second less is noise
  EXPECT_EQ(Weigh(Held(SeriesOf(60, 0.8), 5, 0.81F)).num_different, 60U);
}

TEST(WeighSpeaking, AFaceThatMovesInBurstsStillMoves) {
  Series series = SeriesOf(200, 0.8);
  for (std::size_t i = 0; i < 200; ++i) series.mouth[i].change = i % 100 < 50 ? 4.0F : 1.0F;
  EXPECT_EQ(Weigh(series).num_different, 200U);
  for (std::size_t i = 0; i < 200; ++i) series.mouth[i].change = i % 12 < 3 ? 4.0F : 0.4F;  // three on end
  EXPECT_EQ(Weigh(series).num_different, 200U);
  for (std::size_t i = 0; i < 200; ++i) series.mouth[i].change = i % 12 < 1 ? 4.0F : 0.3F;  // each stands alone
  EXPECT_EQ(Weigh(series).num_different, 17U);
  for (MouthMeasure& one : series.mouth) one.change = 0;
  EXPECT_EQ(Weigh(series).num_different, 1U);
}

TEST(WeighSpeaking, PicturesThatAreShownForLongDecideLess) {
  const double twice = Weigh(Held(SeriesOf(60, 1), 2)).log_odds;
  EXPECT_NEAR(twice, Weigh(SeriesOf(60, 1)).log_odds, 1e-6);  // as videos have it, and as was measured
  double before = twice;
  for (const std::size_t times : {4U, 6U, 12U}) {
    const double now = Weigh(Held(SeriesOf(60, 1), times)).log_odds;
    EXPECT_LT(now, before) << times;
    before = now;
  }
}

TEST(WeighSpeaking, RequiresSeriesOfOneLength) {
  Series series = SeriesOf(20, 1);
  series.energy.pop_back();
  EXPECT_THROW(Weigh(series), ContractViolation);
}

}  // namespace
}  // namespace sezim
