// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/sound_quality.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace sezim {
namespace {

std::vector<std::int16_t> Noise(double amplitude, std::size_t size, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, amplitude);
  std::vector<std::int16_t> samples;
  for (std::size_t i = 0; i < size; ++i) {
    samples.push_back(static_cast<std::int16_t>(std::clamp(std::round(normal(random)), -32768.0, 32767.0)));
  }
  return samples;
}

std::vector<std::int16_t> Sum(const std::vector<std::int16_t>& a, const std::vector<std::int16_t>& b) {
  std::vector<std::int16_t> sum;
  for (std::size_t i = 0; i < a.size(); ++i) sum.push_back(static_cast<std::int16_t>(a[i] + b[i]));
  return sum;
}

TEST(SoundQuality, TellsTheRatioOfWhatWasMixed) {
  for (const double snr_db : {-10.0, 0.0, 5.0, 20.0, 40.0}) {
    const double noise = 60, voice = noise * std::pow(10, snr_db / 20);
    auto voiced = Noise(voice * std::sqrt(4.0 / 3), 48'000, 2);  // with a word's pause in it
    std::fill_n(voiced.begin(), 12'000, std::int16_t{0});
    const auto mixed = Sum(voiced, Noise(noise, 48'000, 3));
    EXPECT_NEAR(MeasureSound(mixed, Noise(noise, 32'000, 4)).snr_db, snr_db, 1) << snr_db;
  }
}

TEST(SoundQuality, ADoorThatSlamsBesideIsNoNoise) {
  auto beside = Noise(30, 16'000, 4);
  std::fill_n(beside.begin() + 4000, 1600, std::int16_t{20'000});
  EXPECT_NEAR(MeasureSound(Noise(3000, 48'000), beside).snr_db, 40, 1);  // as without it
}

TEST(SoundQuality, ALoudSceneBesideIsNotUnderTheVoice) {
  auto voice = Noise(2000, 48'000, 2);
  for (std::size_t i = 0; i < 16'000; ++i) voice[i] = static_cast<std::int16_t>(voice[i] / 100);
  EXPECT_NEAR(MeasureSound(voice, Noise(9000, 48'000)).snr_db, 40 - 1.8, 1);
}

TEST(SoundQuality, WithoutAPauseTheQuietestTenthStandsForTheNoise) {
  auto voice = Noise(2000, 48'000, 2);
  for (std::size_t i = 0; i < 16'000; ++i) voice[i] = static_cast<std::int16_t>(voice[i] / 100);
  EXPECT_NEAR(MeasureSound(voice, {}).snr_db, 40 - 1.8, 1);
  EXPECT_NEAR(MeasureSound(voice, Noise(2000, 4000)).snr_db, 40 - 1.8, 1);  // too little beside
}

TEST(SoundQuality, SilenceHasBounds) {
  EXPECT_EQ(MeasureSound({}, {}).snr_db, 0);
  EXPECT_EQ(MeasureSound(std::vector<std::int16_t>(16'000, 0), {}).snr_db, -20);
  EXPECT_EQ(MeasureSound(Noise(14'000, 16'000), std::vector<std::int16_t>(16'000, 0)).snr_db, 80);
}

TEST(SoundQuality, CountsWhatIsClipped) {
  EXPECT_EQ(MeasureSound(Noise(3000, 16'000), {}).clipped_share, 0);
  EXPECT_NEAR(MeasureSound(Noise(16'384, 100'000), {}).clipped_share, 0.0455, 0.004);  // beyond two deviations
}

}  // namespace
}  // namespace sezim
