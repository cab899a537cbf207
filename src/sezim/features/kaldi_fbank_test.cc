// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/kaldi_fbank.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "support/golden_voice.h"

namespace sezim {
namespace {

TEST(KaldiFbankGolden, AgreesWithTheReference) {
  std::ifstream file(SEZIM_SOURCE_FOLDER "/golden/representations/references.json");
  const auto golden = nlohmann::json::parse(file);
  std::vector<float> sound;
  for (const std::int16_t sample : GoldenVoice()) sound.push_back(static_cast<float>(sample) / 32768);
  const FeatureMatrix frames = KaldiFbank(sound, 24);
  ASSERT_EQ(frames.num_frames, golden["num_frames"].get<std::int64_t>());
  for (const auto& [index, values] : golden["fbank"].items()) {
    const std::span<const float> ours = frames.Frame(std::stoll(index));
    ASSERT_EQ(ours.size(), values.size());
    for (std::size_t i = 0; i < ours.size(); ++i)
      EXPECT_NEAR(ours[i], values[i].get<float>(), 2e-3) << index << " " << i;
  }
}

TEST(KaldiFbank, HasOnlyWholeFrames) {
  for (const std::size_t size : {0U, 399U, 400U, 559U, 560U, 16'000U}) {
    const FeatureMatrix frames = KaldiFbank(std::vector<float>(size, 0.0F), 24);
    EXPECT_EQ(frames.num_frames, size < 400 ? 0 : static_cast<std::int64_t>((size - 400) / 160 + 1)) << size;
    EXPECT_EQ(frames.values.size(), static_cast<std::size_t>(frames.num_frames) * 24);
    EXPECT_THAT(frames.values, testing::Each(testing::Truly([](float value) { return std::isfinite(value); })));
  }
}

}  // namespace
}  // namespace sezim
