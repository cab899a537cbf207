// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/mouth.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "sezim/base/error.h"
#include "sezim/vision/speaking.h"

namespace sezim {
namespace {

// A drawn face as kMouthLayout has it: skin with soft shades, dark eyes and brows, and a mouth of which `open` (0 to 1)
// tells how far it is opened, all moved by (x, y) pixels.
struct Drawing {
  double open = 0;
  double x = 0;
  double y = 0;
  double eyes = 1;  // 0: the eyes are shut
};

double Dot(double x, double y, double radius_x, double radius_y) {
  return std::exp(-(x * x / (radius_x * radius_x) + y * y / (radius_y * radius_y)) / 2);
}

std::vector<std::uint8_t> Draw(const Drawing& face, double contrast = 1, double brightness = 0, double noise = 0) {
  std::mt19937 random(static_cast<unsigned>(1000 * (face.open + face.x)));
  std::normal_distribution<double> normal(0, noise > 0 ? noise : 1);
  std::vector<std::uint8_t> pixels;
  for (int row = 0; row < kMouthLayout.side; ++row) {
    for (int column = 0; column < kMouthLayout.side; ++column) {
      const double x = column - face.x, y = row - face.y;
      double level = 150 + 15 * std::sin(x / 9) * std::cos(y / 7) + 12 * std::sin(x / 23 + y / 31);
      for (const double eye_x : {33.0, 63.0}) {
        level -= 90 * face.eyes * Dot(x - eye_x, y - 34, 4, 2.5) + 60 * Dot(x - eye_x, y - 25, 7, 2);
      }
      level -= 30 * Dot(x - 44, y - 52, 2, 2) + 30 * Dot(x - 52, y - 52, 2, 2);  // the nose
      level -= 40 * Dot(x - 48, y - 68, 10, 1.5 + 5 * face.open) + 70 * face.open * Dot(x - 48, y - 68, 8, 4);
      if (noise > 0) level += normal(random);
      pixels.push_back(static_cast<std::uint8_t>(std::clamp(std::lround(contrast * level + brightness), 0L, 255L)));
    }
  }
  return pixels;
}

std::vector<MouthMeasure> MeasureAll(const std::vector<std::vector<std::uint8_t>>& faces, double step_s = 0.08) {
  MouthMeter meter;
  std::vector<MouthMeasure> measures;
  for (const auto& face : faces) measures.push_back(meter.Measure(face, step_s * static_cast<double>(measures.size())));
  return measures;
}

MouthMeasure SecondOf(const std::vector<std::uint8_t>& first, const std::vector<std::uint8_t>& second) {
  return MeasureAll({first, second})[1];
}

TEST(MouthMeter, OpennessGrowsWithTheDarkOfTheMouth) {
  float before = MouthMeter().Measure(Draw({.open = 0}), 0).openness;
  for (const double open : {0.2, 0.4, 0.6, 0.8, 1.0}) {
    const float now = MouthMeter().Measure(Draw({.open = open}), 0).openness;
    EXPECT_GT(now, before) << open;
    before = now;
  }
}

TEST(MouthMeter, OpennessIsOfOnePictureAlone) {
  const auto measures = MeasureAll({Draw({.open = 0.2}), Draw({.open = 0.9}), Draw({.open = 0.2})});
  EXPECT_EQ(measures[0].openness, measures[2].openness);
}

TEST(MouthMeter, NothingMovesInTheFirstPictureOrWhereNothingChanges) {
  const auto measures = MeasureAll({Draw({}), Draw({})});
  EXPECT_EQ(measures[0].mouth_motion, 0);
  EXPECT_EQ(measures[0].upper_motion, 0);
  EXPECT_LT(measures[1].mouth_motion, 1e-3);
  EXPECT_LT(measures[1].upper_motion, 1e-3);
}

// A film of twice as many pictures a second has the motion of one that leaves out every second.
TEST(MouthMeter, MotionIsThatOfAFixedTimeWhateverTheFrameRate) {
  std::vector<std::vector<std::uint8_t>> all, half;
  for (int i = 0; i < 12; ++i) {
    all.push_back(Draw({.open = 0.5 + 0.4 * std::sin(i * 0.8), .x = 0.2 * i}));
    if (i % 2 == 0) half.push_back(all.back());
  }
  for (const double step_s : {0.032, 0.04, 0.05}) {
    const auto of_all = MeasureAll(all, step_s), of_half = MeasureAll(half, 2 * step_s);
    for (std::size_t i = 0; i < half.size(); ++i) EXPECT_EQ(of_all[2 * i], of_half[i]) << step_s << ", " << i;
    EXPECT_EQ(of_all[1].mouth_motion, 0);  // nothing is old enough
    EXPECT_GT(of_all[3].mouth_motion, 0);
  }
}

TEST(MouthMeter, TellsTheMovementOfTheMouthFromThatOfTheRest) {
  const MouthMeasure mouth = SecondOf(Draw({.open = 0.2}), Draw({.open = 0.6}));
  EXPECT_GT(mouth.mouth_motion, 3 * mouth.upper_motion);
  const MouthMeasure blink = SecondOf(Draw({}), Draw({.eyes = 0}));
  EXPECT_GT(blink.upper_motion, 3 * blink.mouth_motion);
}

TEST(MouthMeter, AMovementOfTheHeadIsUndone) {
  const MouthMeasure speaking = SecondOf(Draw({.open = 0.3}), Draw({.open = 0.6}));
  for (const auto& [x, y] : {std::pair{1.0, 0.0}, {0.0, 1.0}, {-2.0, 1.0}, {3.0, 0.0}, {0.0, -3.0}, {1.5, -0.5}}) {
    SCOPED_TRACE(testing::Message() << x << ", " << y);
    const MouthMeasure shifted = SecondOf(Draw({.open = 0.3}), Draw({.open = 0.3, .x = x, .y = y}));
    EXPECT_LT(shifted.mouth_motion, 0.3F * speaking.mouth_motion);
    const MouthMeasure both = SecondOf(Draw({.open = 0.3}), Draw({.open = 0.6, .x = x, .y = y}));
    EXPECT_NEAR(both.mouth_motion, speaking.mouth_motion, 0.3F * speaking.mouth_motion);
  }
}

TEST(MouthMeter, LightAndContrastDoNotCount) {
  const std::vector<double> opening = {0.1, 0.5, 0.9, 0.4};
  const auto measured_in = [&](double contrast, double brightness) {
    std::vector<std::vector<std::uint8_t>> faces;
    for (const double open : opening) faces.push_back(Draw({.open = open}, contrast, brightness));
    return MeasureAll(faces);
  };
  const auto plain = measured_in(1, 0);
  for (const auto& [contrast, brightness] : {std::pair{0.5, 0.0}, {0.5, 20.0}, {1.0, -20.0}}) {
    SCOPED_TRACE(testing::Message() << contrast << ", " << brightness);
    const auto measured = measured_in(contrast, brightness);
    for (std::size_t i = 1; i < opening.size(); ++i) {
      EXPECT_NEAR(measured[i].mouth_motion, plain[i].mouth_motion, 0.1 * plain[i].mouth_motion);
      EXPECT_NEAR(measured[i].upper_motion, plain[i].upper_motion, 0.1 * plain[i].upper_motion + 0.01);
      const float change = plain[i].openness - plain[i - 1].openness;  // all that means something
      EXPECT_NEAR(measured[i].openness - measured[i - 1].openness, change, 0.25 * std::abs(change));
    }
  }
}

TEST(MouthMeter, ASpeakingMouthMovesMoreThanItsFaceAndARestingOneDoesNot) {
  const auto ratio_of = [](double swing) {
    std::vector<std::vector<std::uint8_t>> faces;
    for (int i = 0; i < 30; ++i) {
      faces.push_back(Draw({.open = 0.4 + swing * std::sin(i * 0.9), .x = 0.3 * i, .y = 0.4 * std::sin(i)}, 1, 0, 2));
    }
    const std::vector<float> energy(faces.size(), 0);
    std::vector<MouthMeasure> measures = MeasureAll(faces);
    for (MouthMeasure& one : measures) one.change = 3;
    return WeighSpeaking(measures, energy).motion_ratio;
  };
  EXPECT_GT(ratio_of(0.4), 1.3);
  EXPECT_LT(ratio_of(0), 1.3);
  EXPECT_GT(ratio_of(0.4), 1.3 * ratio_of(0));
}

TEST(MouthMeter, EvenAndNoisyFacesGiveNumbers) {
  std::mt19937 random(3);
  MouthMeter meter;
  double at_s = 0;
  for (const int level : {0, 255, 128, 0}) {
    const MouthMeasure even =
        meter.Measure(std::vector<std::uint8_t>(96 * 96, static_cast<std::uint8_t>(level)), at_s += 0.1);
    std::vector<std::uint8_t> noise(96 * 96);
    for (std::uint8_t& pixel : noise) pixel = static_cast<std::uint8_t>(random());
    const MouthMeasure noisy = meter.Measure(noise, at_s += 0.1);
    for (const MouthMeasure& one : {even, noisy}) {
      EXPECT_TRUE(std::isfinite(one.openness));
      EXPECT_TRUE(std::isfinite(one.mouth_motion) && one.mouth_motion >= 0);
      EXPECT_TRUE(std::isfinite(one.upper_motion) && one.upper_motion >= 0);
    }
  }
}

TEST(MouthMeter, RequiresAFaceOfItsLayout) {
  EXPECT_THROW(MouthMeter().Measure(std::vector<std::uint8_t>(64 * 64), 0), ContractViolation);
}

}  // namespace
}  // namespace sezim
