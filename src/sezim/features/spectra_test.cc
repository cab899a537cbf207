// SPDX-License-Identifier: Apache-2.0
// logmel, chroma and spectrogram.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numbers>

#include "sezim/features/chroma_features.h"
#include "sezim/features/logmel_features.h"
#include "sezim/features/spectrogram_features.h"
#include "support/golden_voice.h"

namespace sezim {
namespace {

std::vector<float> Voice() {
  std::vector<float> sound;
  for (const std::int16_t sample : GoldenVoice()) sound.push_back(static_cast<float>(sample) / 32'768);
  return sound;
}

nlohmann::json Golden() {
  std::ifstream file(SEZIM_SOURCE_FOLDER "/golden/features/librosa.json");
  return nlohmann::json::parse(file);
}

void ExpectRows(const FeatureMatrix& ours, const nlohmann::json& golden, float tolerance) {
  ASSERT_EQ(ours.num_frames, golden["num_frames"].get<std::int64_t>());
  for (const auto& [index, values] : golden["rows"].items()) {
    const std::span<const float> row = ours.Frame(std::stoll(index));
    const auto theirs = values.get<std::vector<float>>();
    ASSERT_EQ(theirs.size(), row.size());
    for (std::size_t k = 0; k < row.size(); ++k) {
      EXPECT_NEAR(row[k], theirs[k], tolerance * std::max(std::abs(theirs[k]), 1.0F)) << index << ", " << k;
    }
  }
}

std::vector<float> Tone(double hz, std::size_t num_samples) {
  std::vector<float> tone;
  for (std::size_t i = 0; i < num_samples; ++i) {
    tone.push_back(static_cast<float>(0.5 * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / 16'000)));
  }
  return tone;
}

TEST(LogMelFeaturesGolden, AgreesWithLibrosa) {
  LogMelFeatures features({});
  ExpectRows(ExtractAll(features, Voice()), Golden()["logmel"], 1e-3F);
  LogMelFeatures high({.sample_rate_hz = 44'100});
  ExpectRows(ExtractAll(high, Voice()), Golden()["logmel-44100"], 1e-3F);
}

TEST(ChromaFeaturesGolden, AgreesWithLibrosa) {
  ChromaFeatures features({});
  ExpectRows(ExtractAll(features, Voice()), Golden()["chroma"], 1e-3F);
  ChromaFeatures tuned({.tuning = 0.2});
  ExpectRows(ExtractAll(tuned, Voice()), Golden()["chroma-tuning-0.2"], 1e-3F);
}

TEST(ChromaFeatures, ATonesClassIsTheLoudest) {
  for (int semitone = 0; semitone < 12; ++semitone) {
    ChromaFeatures features({.tuning = 0});
    const FeatureMatrix frames = ExtractAll(features, Tone(440 * std::pow(2, (semitone - 9) / 12.0), 16'000));
    const std::span<const float> middle = frames.Frame(15);
    EXPECT_EQ(std::max_element(middle.begin(), middle.end()) - middle.begin(), semitone);
    EXPECT_EQ(middle[static_cast<std::size_t>(semitone)], 1);
  }
}

TEST(SpectrogramFeatures, EachBinIsNormalized) {
  SpectrogramFeatures features({});
  const FeatureMatrix frames = ExtractAll(features, Voice());
  ASSERT_EQ(frames.dim, 512);
  EXPECT_EQ(frames.num_frames, (48'128 - 400) / 160 + 1);
  for (std::size_t k = 0; k < 512; ++k) {
    double sum = 0, square = 0;
    for (std::int64_t i = 0; i < frames.num_frames; ++i) {
      const auto value = static_cast<double>(frames.Frame(i)[k]);
      sum += value;
      square += value * value;
    }
    EXPECT_NEAR(sum / static_cast<double>(frames.num_frames), 0, 1e-3);
    EXPECT_NEAR(square / static_cast<double>(frames.num_frames - 1), 1, 1e-3);
  }
}

TEST(SpectrogramFeatures, HasBothHalvesOfTheTransformOrTheLowerOne) {
  SpectrogramFeatures both({.is_normalized = false});
  const FeatureMatrix two_sided = ExtractAll(both, Tone(1000, 8000));
  const std::span<const float> frame = two_sided.Frame(20);
  EXPECT_EQ(std::max_element(frame.begin(), frame.end()) - frame.begin(), 32);
  for (std::size_t k = 1; k < 256; ++k) EXPECT_EQ(frame[k], frame[512 - k]);
  SpectrogramFeatures one({.fft_size = 1024, .is_two_sided = false, .is_normalized = false});
  const FeatureMatrix lower = ExtractAll(one, Tone(1000, 8000));
  ASSERT_EQ(lower.dim, 512);
  EXPECT_EQ(std::max_element(lower.Frame(20).begin(), lower.Frame(20).end()) - lower.Frame(20).begin(), 64);
}

}  // namespace
}  // namespace sezim
