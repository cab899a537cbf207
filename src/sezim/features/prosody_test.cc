// SPDX-License-Identifier: Apache-2.0
// Pitch, perturbation, formants, and the frames made of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "sezim/features/formants.h"
#include "sezim/features/perturbation.h"
#include "sezim/features/prosody_features.h"

namespace sezim {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

// A pulse at each mark (in samples, ascending) with the given height, as a band-limited bump.
std::vector<float> Pulses(const std::vector<double>& marks, const std::vector<double>& heights,
                          std::size_t num_samples) {
  std::vector<float> sound(num_samples, 0.0F);
  for (std::size_t i = 0; i < marks.size(); ++i) {
    for (std::ptrdiff_t n = std::lround(marks[i]) - 48; n < std::lround(marks[i]) + 48; ++n) {
      if (n < 0 || n >= std::ssize(sound)) continue;
      const double off = (static_cast<double>(n) - marks[i]) / 9;
      sound[static_cast<std::size_t>(n)] += static_cast<float>(heights[i] * (1 - off * off) * std::exp(-off * off / 2));
    }
  }
  return sound;
}

std::vector<float> Harmonics(double f0_hz, double noise, std::size_t num_samples) {
  std::mt19937 random(1);
  std::normal_distribution<double> normal(0, 1);
  std::vector<float> sound;
  for (std::size_t i = 0; i < num_samples; ++i) {
    double value = noise * normal(random);
    for (int k = 1; k <= 10; ++k) value += 0.1 / k * std::cos(kTurn * f0_hz * k * static_cast<double>(i) / 16'000);
    sound.push_back(static_cast<float>(value));
  }
  return sound;
}

TEST(Pitch, FindsTheFundamentalOfHarmonics) {
  for (const double f0_hz : {80.0, 123.4, 200.0, 333.3, 500.0}) {
    const std::vector<PitchFrame> frames = TrackPitch(Harmonics(f0_hz, 0.001, 16'000), {});
    ASSERT_EQ(frames.size(), 99U);
    for (std::size_t i = 3; i < 95; ++i) {
      EXPECT_NEAR(frames[i].f0_hz, f0_hz, 0.005 * f0_hz) << i;
      EXPECT_GT(frames[i].voicing, 0.9);
    }
  }
}

TEST(Pitch, NoiseAndSilenceAreUnvoiced) {
  std::vector<float> noise = Harmonics(100, 0.1, 16'000);
  const std::vector<float> tone = Harmonics(100, 0, 16'000);
  for (std::size_t i = 0; i < noise.size(); ++i) noise[i] -= tone[i];
  int num_voiced = 0;
  for (const PitchFrame& frame : TrackPitch(noise, {})) num_voiced += frame.f0_hz > 0 ? 1 : 0;
  EXPECT_LT(num_voiced, 10);
  std::vector<float> half = Harmonics(150, 0.0001, 16'000);
  std::fill(half.begin(), half.begin() + 8000, 0.0F);
  const std::vector<PitchFrame> frames = TrackPitch(half, {});
  for (std::size_t i = 0; i < 46; ++i) EXPECT_EQ(frames[i].f0_hz, 0) << i;
  for (std::size_t i = 53; i < 95; ++i) EXPECT_GT(frames[i].f0_hz, 0) << i;
}

TEST(Perturbation, IsWhatWasPutIn) {
  const double period = 100;
  for (const double jitter : {0.0, 0.01, 0.03}) {
    for (const double shimmer : {0.0, 0.05, 0.2}) {
      std::vector<double> marks, heights;
      double at = 50;
      for (int i = 0; i < 40; ++i) {
        marks.push_back(at);
        heights.push_back(i % 2 == 0 ? 1 + shimmer / 2 : 1 - shimmer / 2);
        at += i % 2 == 0 ? period * (1 + jitter / 2) : period * (1 - jitter / 2);
      }
      const Perturbation found = MeasurePerturbation(Pulses(marks, heights, 4000), 2000, period, 400);
      EXPECT_NEAR(found.jitter, jitter, 0.002) << shimmer;
      EXPECT_NEAR(found.shimmer, shimmer, 0.01) << jitter;
    }
  }
}

TEST(Perturbation, NeedsThreePeriods) {
  const std::vector<float> sound = Harmonics(100, 0, 16'000);
  EXPECT_EQ(MeasurePerturbation(sound, 8000, 160, 200).jitter, 0);
  EXPECT_EQ(MeasurePerturbation(sound, 10, 160, 1000).jitter, 0);
  EXPECT_EQ(MeasurePerturbation(std::span(sound).first(100), 50, 160, 1000).shimmer, 0);
}

TEST(Formants, AreTheResonancesOfAFilteredPulseTrain) {
  const std::array<double, 3> wanted_hz{700, 1220, 2600};
  std::vector<double> sound(8000, 0);
  for (std::size_t i = 0; i < sound.size(); i += 160) sound[i] = 1;
  for (const double hz : {700.0, 1220.0, 2600.0, 3600.0, 4500.0}) {
    const double radius = std::exp(-std::numbers::pi * 80 / 16'000);
    for (std::size_t i = 2; i < sound.size(); ++i) {
      sound[i] += 2 * radius * std::cos(kTurn * hz / 16'000) * sound[i - 1] - radius * radius * sound[i - 2];
    }
  }
  std::vector<float> frame;
  for (std::size_t i = 4000; i < 4400; ++i) frame.push_back(static_cast<float>(sound[i]));
  FormantFinder finder(16'000, 400);
  const Formants formants = finder.Find(frame);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(formants.hz[i], wanted_hz[i], 60) << i;  // the voice's harmonics are 100 Hz apart
    EXPECT_GT(formants.bandwidth_hz[i], 0);
    EXPECT_LT(formants.bandwidth_hz[i], 300);
  }
  EXPECT_EQ(finder.Find(std::vector<float>(400, 0.0F)).hz[0], 0);
}

TEST(ProsodyFeatures, ColumnsMeanWhatTheirNamesSay) {
  ProsodyFeatures features(PitchOptions{});
  const std::vector<std::string> names = features.names();
  const double noise = 0.01;
  const std::vector<float> sound = Harmonics(200, noise, 16'000);
  const FeatureMatrix frames = ExtractAll(features, sound);
  const auto value = [&](const std::string& name) {
    const auto at = std::find(names.begin(), names.end(), name) - names.begin();
    double sum = 0;
    for (std::int64_t i = 20; i < 80; ++i) sum += static_cast<double>(frames.Frame(i)[static_cast<std::size_t>(at)]);
    return sum / 60;
  };
  double power = 0, harmonics = 0;
  for (int k = 1; k <= 10; ++k) harmonics += 0.01 / (k * k) / 2;
  power = harmonics + noise * noise;
  EXPECT_NEAR(value("f0"), 200, 1);
  EXPECT_NEAR(value("f0-semitones"), 12 * std::log2(200 / 27.5), 0.1);
  EXPECT_NEAR(value("level"), 10 * std::log10(power), 0.3);
  EXPECT_NEAR(value("loudness"), std::pow(power / 1e-6, 0.3), 0.5);
  EXPECT_NEAR(value("hnr"), 10 * std::log10(harmonics / (noise * noise)), 1.5);
  EXPECT_LT(value("jitter"), 0.01);
  ProsodyFeatures silent(PitchOptions{});
  const FeatureMatrix silence = ExtractAll(silent, std::vector<float>(4000, 0.0F));
  EXPECT_EQ(silence.Frame(3)[0], 0);
  EXPECT_EQ(silence.Frame(3)[3], -100);
  ProsodyFeatures tone(PitchOptions{});
  std::vector<float> sine;
  for (int i = 0; i < 16'000; ++i) sine.push_back(static_cast<float>(std::sin(kTurn * 300 * (i + 0.5) / 16'000)));
  EXPECT_NEAR(ExtractAll(tone, sine).Frame(50)[5], 600, 41);
}

}  // namespace
}  // namespace sezim
