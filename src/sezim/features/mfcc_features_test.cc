// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/mfcc_features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "sezim/features/frame_kinds.h"
#include "support/golden_voice.h"

namespace sezim {
namespace {

std::vector<float> Voice() {
  std::vector<float> sound;
  for (const std::int16_t sample : GoldenVoice()) sound.push_back(static_cast<float>(sample) / 32'768);
  return sound;
}

// Each number within 1e-3 of itself, or of a tenth of the largest of the 13 that belong together, and 1e-4 besides.
void ExpectGolden(const std::string& name, const FeatureOptions& options) {
  SCOPED_TRACE(name);
  std::ifstream file(SEZIM_SOURCE_FOLDER "/golden/features/mfcc39.json");
  const auto golden = nlohmann::json::parse(file)[name];
  const FeatureMatrix ours = ExtractAll(*MakeFrameFeatures("mfcc", options, 16'000), Voice());
  ASSERT_EQ(ours.dim, 39);
  ASSERT_EQ(ours.num_frames, golden["num_frames"].get<std::int64_t>());
  for (const auto& [index, values] : golden["rows"].items()) {
    const std::span<const float> row = ours.Frame(std::stoll(index));
    const auto theirs = values.get<std::vector<float>>();
    ASSERT_EQ(theirs.size(), row.size());
    for (std::size_t k = 0; k < row.size(); ++k) {
      const auto block = theirs.begin() + static_cast<std::ptrdiff_t>(k / 13 * 13);
      float size = 0;
      for (auto one = block; one != block + 13; ++one) size = std::max(size, std::abs(*one));
      EXPECT_NEAR(row[k], theirs[k], 1e-3F * std::max(std::abs(theirs[k]), 0.1F * size) + 1e-4F)
          << "frame " << index << ", number " << k;
    }
  }
}

using namespace std::string_literals;

TEST(MfccFeaturesGolden, AgreesWithPythonSpeechFeatures) {
  ExpectGolden("htk", {});
  ExpectGolden("paper", {{"mode", "paper"s}});
}

TEST(MfccFeaturesGolden, AgreesWithKaldiNativeFbank) {
  ExpectGolden("kaldi", {{"mode", "kaldi"s}});
  ExpectGolden("kaldi-no-snip", {{"mode", "kaldi"s}, {"snip_edges", false}});
  ExpectGolden("kaldi-defaults",
               {{"mode", "kaldi"s}, {"window", "povey"s}, {"bands", 23.0}, {"low_hz", 20.0}, {"level", "log-energy"s}});
}

TEST(MfccFeaturesGolden, AgreesWithLibrosa) {
  ExpectGolden("librosa", {{"mode", "librosa"s}});
  ExpectGolden("librosa-htk-mel", {{"mode", "librosa"s}, {"mel", "htk"s}});
}

TEST(MfccFeatures, DeltasAreTheSlopeOfTheCoefficients) {
  MfccOptions options;
  const FeatureMatrix frames = ExtractAll(*std::make_unique<MfccFeatures>(options), Voice());
  for (std::int64_t t = 2; t + 2 < frames.num_frames; ++t) {
    for (std::size_t k = 0; k < 13; ++k) {
      const auto c = [&](std::int64_t i) { return frames.Frame(t + i)[k]; };
      EXPECT_NEAR(frames.Frame(t)[13 + k], (c(1) - c(-1) + 2 * (c(2) - c(-2))) / 10, 1e-4F);
    }
  }
}

TEST(MfccFeatures, NamesFollowTheOrderOfTheColumns) {
  MfccOptions options;
  options.level = MfccLevel::kLogEnergyLast;
  const std::vector<std::string> names = MfccFeatures(options).names();
  EXPECT_EQ(names.front(), "c1");
  EXPECT_EQ(names[12], "log-energy");
  EXPECT_EQ(names[13], "delta-c1");
  EXPECT_EQ(names[38], "acceleration-log-energy");
}

// HTK's own scaling of the cosine transform differs from the orthonormal one in C0 only.
TEST(MfccFeatures, TheScaleOfC0IsAChoice) {
  MfccOptions options;
  options.delta_frames = 0;
  const FeatureMatrix plain = ExtractAll(*std::make_unique<MfccFeatures>(options), Voice());
  options.zeroth = ZerothScale::kAsOthers;
  const FeatureMatrix scaled = ExtractAll(*std::make_unique<MfccFeatures>(options), Voice());
  EXPECT_NEAR(scaled.Frame(60)[0], std::sqrt(2.0F) * plain.Frame(60)[0], 1e-3F);
  EXPECT_EQ(scaled.Frame(60)[1], plain.Frame(60)[1]);
}

}  // namespace
}  // namespace sezim
