// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/mfcc.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/golden_voice.h"

namespace sezim {
namespace {

TEST(MfccGolden, AgreesWithPythonSpeechFeatures) {
  std::ifstream file(SEZIM_SOURCE_FOLDER "/golden/speaking/mfcc.json");
  const auto golden = nlohmann::json::parse(file);
  const auto num_frames = golden["num_frames"].get<std::int64_t>();
  const std::vector<float> ours = Mfcc(GoldenVoice(), num_frames);
  ASSERT_EQ(ours.size(), static_cast<std::size_t>(num_frames * kNumMfcc));
  for (const auto& [index, values] : golden["mfcc"].items()) {
    const auto theirs = values.get<std::vector<float>>();
    ASSERT_EQ(theirs.size(), static_cast<std::size_t>(kNumMfcc));
    for (std::size_t k = 0; k < theirs.size(); ++k) {
      EXPECT_NEAR(ours[std::stoul(index) * kNumMfcc + k], theirs[k], 1e-3)
          << "frame " << index << ", coefficient " << k;
    }
  }
}

TEST(Mfcc, SilenceFollowsTheSound) {
  std::vector<std::int16_t> voice = GoldenVoice();
  voice.back() = 0;  // of which nothing is taken from the first sample of silence
  std::vector<std::int16_t> padded = voice;
  padded.resize(voice.size() + 16'000, 0);
  const std::int64_t num_frames = static_cast<std::int64_t>(voice.size()) / kMfccHopSamples + 50;
  EXPECT_EQ(Mfcc(voice, num_frames), Mfcc(padded, num_frames));
  for (const float value : Mfcc({}, 3)) EXPECT_TRUE(std::isfinite(value));
  EXPECT_TRUE(Mfcc(voice, 0).empty());
}

TEST(Mfcc, AFrameDependsOnItsSamplesAndTheOneBeforeAlone) {
  std::vector<std::int16_t> voice = GoldenVoice();
  const std::vector<float> before = Mfcc(voice, 100);
  for (std::size_t i = 60 * kMfccHopSamples + 400; i < voice.size(); ++i) voice[i] = 0;
  for (std::size_t i = 0; i + 1 < 60 * kMfccHopSamples; ++i) voice[i] = 0;
  const std::vector<float> after = Mfcc(voice, 100);
  EXPECT_TRUE(
      std::equal(before.begin() + 60 * kNumMfcc, before.begin() + 61 * kNumMfcc, after.begin() + 60 * kNumMfcc));
  EXPECT_NE(before[61 * kNumMfcc], after[61 * kNumMfcc]);
}

}  // namespace
}  // namespace sezim
