// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/vggvox_spectrogram.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "support/golden_voice.h"

namespace sezim {
namespace {

TEST(VggvoxSpectrogramGolden, AgreesWithTheReference) {
  std::ifstream file(SEZIM_SOURCE_FOLDER "/golden/representations/references.json");
  const auto golden = nlohmann::json::parse(file);
  std::vector<float> sound;
  for (const std::int16_t sample : GoldenVoice()) sound.push_back(static_cast<float>(sample) / 32768);
  const FeatureMatrix frames = VggvoxSpectrogram(sound);
  ASSERT_EQ(frames.num_frames, golden["num_frames"].get<std::int64_t>());
  for (const auto& [index, values] : golden["spectrogram"].items()) {
    const std::span<const float> ours = frames.Frame(std::stoll(index));
    ASSERT_EQ(ours.size(), values.size());
    for (std::size_t i = 0; i < ours.size(); ++i)
      EXPECT_NEAR(ours[i], values[i].get<float>(), 2e-3) << index << " " << i;
  }
}

TEST(VggvoxSpectrogram, HasOnlyWholeFrames) {
  for (const std::size_t size : {0U, 399U, 400U, 559U, 560U, 16'000U}) {
    const FeatureMatrix frames = VggvoxSpectrogram(std::vector<float>(size, 0.0F));
    EXPECT_EQ(frames.num_frames, size < 400 ? 0 : static_cast<std::int64_t>((size - 400) / 160 + 1)) << size;
    EXPECT_EQ(frames.values.size(), static_cast<std::size_t>(frames.num_frames) * 512);
    EXPECT_THAT(frames.values, testing::Each(testing::Truly([](float value) { return std::isfinite(value); })));
  }
}

}  // namespace
}  // namespace sezim
