// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/whisper_mel.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/golden_voice.h"

namespace sezim {
namespace {

std::vector<float> Voice() {
  std::vector<float> sound;
  for (const std::int16_t sample : GoldenVoice()) sound.push_back(static_cast<float>(sample) / 32768);
  return sound;
}

TEST(WhisperMelGolden, AgreesWithTheReference) {
  std::ifstream file(SEZIM_SOURCE_FOLDER "/golden/whisper/whisper-base.json");
  const auto golden = nlohmann::json::parse(file);
  const FeatureMatrix mel = WhisperMel(Voice());
  ASSERT_EQ(mel.num_frames, golden["num_mel_frames"].get<std::int64_t>());
  for (const auto& [index, values] : golden["mel"].items()) {
    const std::span<const float> ours = mel.Frame(std::stoll(index));
    ASSERT_EQ(ours.size(), values.size());
    for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_NEAR(ours[i], values[i].get<float>(), 1e-4) << index;
  }
}

TEST(WhisperMel, HasAFrameForEachHopThatBegins) {
  for (const std::size_t size : {0U, 1U, 150U, 160U, 161U, 16'000U}) {
    const FeatureMatrix mel = WhisperMel(std::vector<float>(size, 0.1F), 128);
    EXPECT_EQ(mel.num_frames, static_cast<std::int64_t>((size + 159) / 160)) << size;
    EXPECT_EQ(mel.values.size(), static_cast<std::size_t>(mel.num_frames) * 128) << size;
  }
}

TEST(WhisperMel, SilenceAndRangeAreAsPublished) {
  EXPECT_THAT(WhisperMel(std::vector<float>(1000, 0.0F)).values, testing::Each(-1.5F));
  const FeatureMatrix mel = WhisperMel(Voice());
  const auto [least, most] = std::minmax_element(mel.values.begin(), mel.values.end());
  EXPECT_NEAR(*most - *least, 2, 1e-5);
}

}  // namespace
}  // namespace sezim
