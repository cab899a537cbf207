// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/band_energy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr int kRateHz = 16'000;

void AddTone(std::vector<std::int16_t>& samples, double frequency_hz, double from_s, double to_s) {
  for (auto i = static_cast<std::size_t>(from_s * kRateHz); i < static_cast<std::size_t>(to_s * kRateHz); ++i) {
    const double at_s = static_cast<double>(i) / kRateHz;
    samples.at(i) = static_cast<std::int16_t>(std::lround(8192 * std::sin(2 * std::numbers::pi * frequency_hz * at_s)));
  }
}

std::vector<std::int16_t> Silence(double length_s) {
  return std::vector<std::int16_t>(static_cast<std::size_t>(length_s * kRateHz), 0);
}

const double kToneEnergy = std::log10(0.25 * 0.25 / 2);  // mean square of a sine of a quarter of full scale

double EnergyOfTone(double frequency_hz) {
  std::vector<std::int16_t> samples = Silence(1);
  AddTone(samples, frequency_hz, 0, 1);
  const std::vector<double> times_s = {0.5};
  return BandEnergy(samples, times_s).at(0);
}

TEST(BandEnergy, LetsTheBandThroughAndNothingElse) {
  EXPECT_NEAR(EnergyOfTone(1400), kToneEnergy, 0.05);
  EXPECT_LT(EnergyOfTone(300), kToneEnergy - 2.5);
  EXPECT_LT(EnergyOfTone(5000), kToneEnergy - 2.5);
  EXPECT_LT(EnergyOfTone(100), -6);
}

// By definition: a Butterworth filter passes half of the power at its edge, and 1 / (1 + 2^8) an octave beyond it.
TEST(BandEnergy, FallsOffAsAButterworthFilterOfFourthOrder) {
  EXPECT_NEAR(EnergyOfTone(800), kToneEnergy + std::log10(0.5), 0.03);
  EXPECT_NEAR(EnergyOfTone(2200), kToneEnergy + std::log10(0.5), 0.03);
  EXPECT_NEAR(EnergyOfTone(400), kToneEnergy - std::log10(1 + 256), 0.1);
}

TEST(BandEnergy, TheBandIsAChoice) {
  std::vector<std::int16_t> samples = Silence(1);
  AddTone(samples, 300, 0, 1);
  const std::vector<double> times_s = {0.5};
  EXPECT_NEAR(BandEnergy(samples, times_s, {.low_hz = 100, .high_hz = 900}).at(0), kToneEnergy, 0.05);
}

TEST(BandEnergy, TwiceTheAmplitudeIsFourTimesTheEnergy) {
  std::vector<std::int16_t> samples = Silence(1);
  AddTone(samples, 1000, 0, 1);
  const std::vector<double> times_s = {0.3, 0.6};
  const auto loud = BandEnergy(samples, times_s);
  for (std::int16_t& sample : samples) sample = static_cast<std::int16_t>(sample / 2);
  const auto soft = BandEnergy(samples, times_s);
  for (std::size_t i = 0; i < times_s.size(); ++i) EXPECT_NEAR(loud[i] - soft[i], std::log10(4), 0.01);
}

TEST(BandEnergy, ABurstShowsWhenItSoundsAndNowhereElse) {
  std::vector<std::int16_t> samples = Silence(2);
  AddTone(samples, 1400, 1.0, 1.04);
  std::vector<double> times_s;
  for (int ms = 0; ms < 2000; ++ms) times_s.push_back(ms / 1000.0);
  const auto energy = BandEnergy(samples, times_s);
  const auto loudest_ms = std::max_element(energy.begin(), energy.end()) - energy.begin();
  EXPECT_NEAR(static_cast<double>(loudest_ms), 1020, 30);
  EXPECT_NEAR(energy[static_cast<std::size_t>(loudest_ms)], kToneEnergy + std::log10(2.0 / 3), 0.05);  // 40 of 60 ms
  double sum = 0;
  for (std::size_t ms = 0; ms < times_s.size(); ++ms) {
    if (ms < 940) {
      EXPECT_EQ(energy[ms], -7) << ms;
    } else if (ms > 1100) {
      EXPECT_LT(energy[ms], -6) << ms;
    }
    sum += std::pow(10, energy[ms]);
  }
  EXPECT_NEAR(sum, 40 * std::pow(10, kToneEnergy),
              2 * std::pow(10, kToneEnergy));  // each ms lies in 60 windows of 60 ms
}

TEST(BandEnergy, SilenceAndWhatLiesOutsideIsMinusSeven) {
  std::vector<std::int16_t> samples = Silence(1);
  const std::vector<double> times_s = {-1e12, -5, -0.061, 0, 0.5, 0.99, 1.061, 2, 1e12};
  for (const float energy : BandEnergy(samples, times_s)) EXPECT_EQ(energy, -7);
  for (const float energy : BandEnergy({}, times_s)) EXPECT_EQ(energy, -7);
  AddTone(samples, 1400, 0, 1);
  const auto energy = BandEnergy(samples, times_s);
  for (const std::size_t i : {0U, 1U, 2U, 6U, 7U, 8U}) EXPECT_EQ(energy[i], -7) << times_s[i];
  for (const std::size_t i : {4U, 5U}) EXPECT_NEAR(energy[i], kToneEnergy, 0.1) << times_s[i];  // cut off by the end
  EXPECT_TRUE(BandEnergy(samples, {}).empty());
}

TEST(BandEnergy, WhatComesLaterChangesNothing) {
  std::vector<std::int16_t> samples = Silence(2);
  AddTone(samples, 1400, 0, 2);
  const std::vector<double> times_s = {0.2, 0.5, 0.8};
  EXPECT_EQ(BandEnergy(std::span(samples).first(kRateHz), times_s), BandEnergy(samples, times_s));
}

TEST(BandEnergy, FullScaleNoiseStaysFinite) {
  std::vector<std::int16_t> samples(kRateHz);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = i / 6 % 2 == 0 ? 32'767 : -32'768;  // 1333 Hz
  const std::vector<double> times_s = {0.2, 0.5, 0.8};
  for (const float energy : BandEnergy(samples, times_s)) EXPECT_NEAR(energy, 0, 0.3);
}

TEST(BandEnergy, RequiresABandThatThereIs) {
  for (const Band& band : {Band{0, 1000}, Band{1000, 1000}, Band{2000, 1000}, Band{1000, 8000}}) {
    EXPECT_THROW(BandEnergy({}, {}, band), ContractViolation);
  }
}

}  // namespace
}  // namespace sezim
