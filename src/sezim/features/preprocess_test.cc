// SPDX-License-Identifier: Apache-2.0
// Trimming, noise reduction, loudness, and changes for training.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numbers>

#include "sezim/features/augment.h"
#include "sezim/features/loudness.h"
#include "sezim/features/pitch.h"
#include "sezim/features/room.h"
#include "sezim/features/trim_silence.h"
#include "sezim/features/wiener_filter.h"
#include "support/golden_voice.h"

namespace sezim {
namespace {

std::vector<float> Voice() {
  std::vector<float> sound;
  for (const std::int16_t sample : GoldenVoice()) sound.push_back(static_cast<float>(sample) / 32'768);
  return sound;
}

std::vector<float> Tone(double hz, double height, std::size_t num_samples, double rate = 16'000) {
  std::vector<float> tone;
  for (std::size_t i = 0; i < num_samples; ++i) {
    tone.push_back(static_cast<float>(height * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / rate)));
  }
  return tone;
}

double Power(std::span<const float> samples) {
  double sum = 0;
  for (const float sample : samples) sum += static_cast<double>(sample) * static_cast<double>(sample);
  return sum / static_cast<double>(samples.size());
}

double PowerOfDifference(std::span<const float> a, std::span<const float> b) {
  std::vector<float> difference(a.begin(), a.end());
  for (std::size_t i = 0; i < difference.size(); ++i) difference[i] -= b[i];
  return Power(difference);
}

// The fundamental frequency of a voiced sound: the median of its frames.
double PitchOf(std::span<const float> samples) {
  std::vector<double> voiced;
  for (const PitchFrame& frame : TrackPitch(samples, {})) {
    if (frame.f0_hz > 0) voiced.push_back(frame.f0_hz);
  }
  EXPECT_FALSE(voiced.empty());
  std::nth_element(voiced.begin(), voiced.begin() + std::ssize(voiced) / 2, voiced.end());
  return voiced[voiced.size() / 2];
}

TEST(TrimSilenceGolden, AgreesWithLibrosa) {
  std::ifstream file(SEZIM_SOURCE_FOLDER "/golden/features/librosa.json");
  const auto golden = nlohmann::json::parse(file)["trim"];
  const std::vector<float> voice = Voice();
  for (const auto& [top_db, wanted] : golden.items()) {
    const std::span<const float> part = TrimSilence(voice, std::stod(top_db));
    EXPECT_EQ(part.data() - voice.data(), wanted[0].get<std::ptrdiff_t>()) << top_db;
    EXPECT_EQ(part.data() - voice.data() + std::ssize(part), wanted[1].get<std::ptrdiff_t>()) << top_db;
  }
}

TEST(TrimSilence, SilenceIsTrimmedAway) {
  EXPECT_TRUE(TrimSilence({}).empty());
  EXPECT_TRUE(TrimSilence(std::vector<float>(5000, 0.0F)).empty());
  const std::vector<float> tone = Tone(200, 0.5, 5000);
  EXPECT_EQ(TrimSilence(tone).size(), 5000U);
}

TEST(ReduceNoise, LowersTheNoiseAndKeepsTheVoice) {
  std::vector<float> clean = Voice();
  const std::vector<float> noisy = AddNoise(clean, WhiteNoise(clean.size(), 3), 10);
  const std::vector<float> reduced = ReduceNoise(noisy);
  ASSERT_EQ(reduced.size(), clean.size());
  const double before_db = 10 * std::log10(Power(clean) / PowerOfDifference(noisy, clean));
  const double after_db = 10 * std::log10(Power(clean) / PowerOfDifference(reduced, clean));
  EXPECT_NEAR(before_db, 10, 0.1);
  EXPECT_GT(after_db, before_db + 5);
  const std::span<const float> pause = std::span(reduced).subspan(1000, 6000);  // nobody speaks there
  EXPECT_LT(10 * std::log10(Power(pause) / Power(std::span(noisy).subspan(1000, 6000))), -12);
  EXPECT_TRUE(std::all_of(reduced.begin(), reduced.end(), [](float x) { return std::isfinite(x); }));
}

TEST(ReduceNoise, AllGainsOneGiveTheSoundBack) {
  const std::vector<float> voice = Voice();
  const std::vector<float> same = ReduceNoise(voice, {.least_gain_db = 0});
  for (std::size_t i = 0; i < voice.size(); ++i) ASSERT_NEAR(same[i], voice[i], 1e-5) << i;
  const std::vector<float> shorter(500, 0.25F);
  EXPECT_EQ(ReduceNoise(shorter), shorter);
  EXPECT_TRUE(ReduceNoise({}).empty());
  const std::vector<float> silence(8000, 0.0F);
  EXPECT_EQ(ReduceNoise(silence), silence);
}

// EBU Tech 3341's first cases, in mono: a tone of 1000 Hz whose peak is at -23 dBFS has -26 LUFS in one channel.
TEST(IntegratedLoudness, IsAsEbuTech3341Says) {
  for (const double rate : {48'000.0, 16'000.0}) {
    const auto second = static_cast<std::size_t>(rate);
    EXPECT_NEAR(*IntegratedLoudness(Tone(1000, std::pow(10, -23 / 20.0), 20 * second, rate), rate), -26, 0.1) << rate;
    EXPECT_NEAR(*IntegratedLoudness(Tone(1000, std::pow(10, -33 / 20.0), 20 * second, rate), rate), -36, 0.1) << rate;
    // A quiet stretch around it is gated away.
    std::vector<float> sound = Tone(1000, std::pow(10, -36 / 20.0), 10 * second, rate);
    const std::vector<float> loud = Tone(1000, std::pow(10, -23 / 20.0), 60 * second, rate);
    sound.insert(sound.end(), loud.begin(), loud.end());
    EXPECT_NEAR(*IntegratedLoudness(sound, rate), -26, 0.1) << rate;
  }
  EXPECT_FALSE(IntegratedLoudness(Tone(1000, 0.5, 1000), 16'000));
  EXPECT_FALSE(IntegratedLoudness(std::vector<float>(16'000, 0.0F), 16'000));
}

TEST(NormalizeLoudness, ReachesItsTargetButNeverClips) {
  const std::vector<float> sound = NormalizeLoudness(Voice(), 16'000, -30);
  EXPECT_NEAR(*IntegratedLoudness(sound, 16'000), -30, 0.05);
  const std::vector<float> loud = NormalizeLoudness(Voice(), 16'000, 0);
  EXPECT_NEAR(
      std::abs(*std::max_element(loud.begin(), loud.end(), [](float a, float b) { return std::abs(a) < std::abs(b); })),
      1, 1e-5);
  const std::vector<float> silence(16'000, 0.0F);
  EXPECT_EQ(NormalizeLoudness(silence, 16'000), silence);
}

TEST(Augment, NoiseIsAddedAtTheAskedRatio) {
  const std::vector<float> voice = Voice();
  for (const double snr_db : {-5.0, 0.0, 20.0}) {
    for (const std::size_t length : {std::size_t{8000}, 2 * voice.size()}) {
      const std::vector<float> noisy = AddNoise(voice, WhiteNoise(length, 1), snr_db);
      EXPECT_NEAR(10 * std::log10(Power(voice) / PowerOfDifference(noisy, voice)), snr_db, 0.1);
    }
  }
  EXPECT_EQ(WhiteNoise(100, 7), WhiteNoise(100, 7));
  EXPECT_NE(WhiteNoise(100, 7), WhiteNoise(100, 8));
  EXPECT_EQ(AddNoise(voice, {}, 10), voice);
}

TEST(Augment, SpeedMovesLengthAndPitchTogether) {
  const std::vector<float> voice = Voice();
  for (const double factor : {0.9, 1.0, 1.1, 1.5}) {
    const std::vector<float> sound = ChangeSpeed(voice, factor);
    EXPECT_NEAR(static_cast<double>(sound.size()), static_cast<double>(voice.size()) / factor, 1);
    EXPECT_NEAR(PitchOf(sound) / PitchOf(voice), factor, 0.03 * factor);
  }
  const std::vector<float> same = ChangeSpeed(voice, 1);
  for (std::size_t i = 0; i < voice.size(); ++i) ASSERT_NEAR(same[i], voice[i], 1e-6);
  // A tone that would pass half the sample rate is gone.
  EXPECT_LT(Power(ChangeSpeed(Tone(6000, 0.5, 16'000), 2)), 1e-5);
}

TEST(Augment, LengthAndPitchMoveAlone) {
  const std::vector<float> voice = Voice();
  for (const double factor : {0.8, 1.25}) {
    const std::vector<float> sound = ChangeLength(voice, factor, 16'000);
    EXPECT_NEAR(static_cast<double>(sound.size()), static_cast<double>(voice.size()) * factor, 1);
    EXPECT_NEAR(PitchOf(sound) / PitchOf(voice), 1, 0.03);
    EXPECT_NEAR(10 * std::log10(Power(sound) / Power(voice)), 0, 1);
  }
  for (const double semitones : {-3.0, 2.0}) {
    const std::vector<float> sound = ChangePitch(voice, semitones, 16'000);
    EXPECT_EQ(sound.size(), voice.size());
    EXPECT_NEAR(12 * std::log2(PitchOf(sound) / PitchOf(voice)), semitones, 0.5);
  }
  EXPECT_TRUE(ChangePitch({}, 2, 16'000).empty());
}

TEST(Room, TheSoundDecaysAsAsked) {
  for (const double rt60_s : {0.2, 0.5}) {
    Room room;
    room.rt60_s = rt60_s;
    const std::vector<float> impulse = RoomImpulse(room, 16'000);
    ASSERT_EQ(impulse.size(), static_cast<std::size_t>(rt60_s * 16'000));
    EXPECT_EQ(impulse[0], 1);
    // Energy from t on (Schroeder 1965) falls by 10 dB in a sixth of the time, from -5 to -15 dB.
    std::vector<double> left(impulse.size() + 1);
    for (std::size_t i = impulse.size(); i-- > 0;) left[i] = left[i + 1] + std::pow(static_cast<double>(impulse[i]), 2);
    const auto when = [&](double db) {
      return std::find_if(left.begin(), left.end(), [&](double e) { return 10 * std::log10(e / left[0]) < db; }) -
             left.begin();
    };
    EXPECT_NEAR(static_cast<double>(when(-15) - when(-5)) / 16'000 * 6, rt60_s, 0.3 * rt60_s);
  }
}

TEST(Room, AClickBecomesTheImpulseAndPowerStays) {
  const std::vector<float> impulse = RoomImpulse(DrawRoom(5), 16'000);
  std::vector<float> click(4000, 0.0F);
  click[100] = 1;
  const std::vector<float> heard = Reverberate(click, impulse);
  ASSERT_EQ(heard.size(), click.size());
  EXPECT_NEAR(Power(heard), Power(click), 1e-6);
  for (std::size_t i = 1; i < 1000; ++i) ASSERT_NEAR(heard[100 + i] / heard[100], impulse[i], 1e-3);
  for (std::size_t i = 0; i < 100; ++i) ASSERT_NEAR(heard[i], 0, 1e-5);
  EXPECT_EQ(DrawRoom(5).size_m, DrawRoom(5).size_m);
  EXPECT_NE(DrawRoom(5).size_m, DrawRoom(6).size_m);
  for (std::uint64_t seed = 0; seed < 50; ++seed) DrawRoom(seed).Check();
  EXPECT_TRUE(Reverberate({}, impulse).empty());
}

TEST(MaskSpectrum, MasksWholeFramesAndWholeBands) {
  const auto masked = [](std::uint64_t seed) {
    FeatureMatrix frames{.num_frames = 200, .dim = 40, .values = std::vector<float>(8000, 1.0F)};
    MaskSpectrum(frames, {}, seed);
    return frames;
  };
  int most_frames = 0, most_bands = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const FeatureMatrix frames = masked(seed);
    std::vector<bool> row_is_masked, column_is_masked;
    for (std::int64_t i = 0; i < 200; ++i) {
      row_is_masked.push_back(
          std::all_of(frames.Frame(i).begin(), frames.Frame(i).end(), [](float x) { return x == 0; }));
    }
    for (std::size_t k = 0; k < 40; ++k) {
      bool all = true;
      for (std::int64_t i = 0; i < 200; ++i) all = all && frames.Frame(i)[k] == 0;
      column_is_masked.push_back(all);
    }
    for (std::int64_t i = 0; i < 200; ++i) {
      for (std::size_t k = 0; k < 40; ++k) {
        EXPECT_EQ(frames.Frame(i)[k] == 0, row_is_masked[static_cast<std::size_t>(i)] || column_is_masked[k]);
      }
    }
    most_frames = std::max(most_frames, static_cast<int>(std::count(row_is_masked.begin(), row_is_masked.end(), true)));
    most_bands =
        std::max(most_bands, static_cast<int>(std::count(column_is_masked.begin(), column_is_masked.end(), true)));
  }
  EXPECT_GT(most_frames, 40);
  EXPECT_LE(most_frames, 80);
  EXPECT_GT(most_bands, 8);
  EXPECT_LE(most_bands, 16);
  EXPECT_EQ(masked(3).values, masked(3).values);
  FeatureMatrix none{.dim = 40};
  MaskSpectrum(none, {}, 1);
}

}  // namespace
}  // namespace sezim
