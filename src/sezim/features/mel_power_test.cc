// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/mel_power.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numbers>

#include "support/golden_voice.h"

namespace sezim {
namespace {

TEST(MelPowerGolden, AgreesWithLibrosa) {
  std::ifstream file(SEZIM_SOURCE_FOLDER "/golden/voice/voice-print.json");
  const auto golden = nlohmann::json::parse(file);
  std::vector<float> sound;
  for (const std::int16_t sample : GoldenVoice()) sound.push_back(static_cast<float>(sample) / 32768);
  const MelFrames frames = MelPower(sound, {});
  ASSERT_EQ(frames.num_frames, golden["num_frames"].get<std::int64_t>());
  for (const auto& [index, values] : golden["mel"].items()) {
    const std::span<const float> ours = frames.Frame(std::stoll(index));
    const auto theirs = values.get<std::vector<float>>();
    ASSERT_EQ(ours.size(), theirs.size());
    const float loudest = *std::max_element(theirs.begin(), theirs.end());
    for (std::size_t i = 0; i < ours.size(); ++i) {
      EXPECT_NEAR(ours[i], theirs[i], 1e-4F * theirs[i] + 1e-6F * loudest) << "frame " << index << ", band " << i;
    }
  }
}

TEST(MelPower, ATonesPowerLiesInItsBand) {
  for (const double hz : {300.0, 1000.0, 4000.0}) {
    std::vector<float> tone;
    for (int i = 0; i < 16'000; ++i) {
      tone.push_back(static_cast<float>(std::sin(2 * std::numbers::pi * hz * i / 16'000)));
    }
    const MelFrames frames = MelPower(tone, {});
    EXPECT_EQ(frames.num_frames, 101);
    const std::span<const float> middle = frames.Frame(50);
    const auto loudest = std::max_element(middle.begin(), middle.end()) - middle.begin();
    const double mel = hz < 1000 ? hz * 3 / 200 : 15 + 27 * std::log(hz / 1000) / std::log(6.4);
    const double top_mel = 15 + 27 * std::log(8.0) / std::log(6.4);
    EXPECT_NEAR(static_cast<double>(loudest), mel / top_mel * 41 - 1, 0.6) << hz;
  }
}

TEST(MelPower, CountsItsFrames) {
  EXPECT_EQ(MelPower({}, {}).num_frames, 0);
  for (const std::size_t size : {1U, 159U, 160U, 161U, 100'000U}) {
    const MelFrames frames = MelPower(std::vector<float>(size, 0.0F), {});
    EXPECT_EQ(frames.num_frames, static_cast<std::int64_t>(size / 160) + 1) << size;
    EXPECT_EQ(frames.power.size(), static_cast<std::size_t>(frames.num_frames) * 40);
    EXPECT_TRUE(std::all_of(frames.power.begin(), frames.power.end(), [](float one) { return one == 0; }));
  }
}

}  // namespace
}  // namespace sezim
