// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/vary_sound.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <set>

#include "sezim/base/error.h"
#include "support/thrown.h"

namespace sezim {
namespace {

constexpr int kRate = 16000;

std::vector<float> Tone() {
  std::vector<float> tone(kRate / 2);
  for (std::size_t i = 0; i < tone.size(); ++i) {
    tone[i] = static_cast<float>(0.3 * std::sin(2 * std::numbers::pi * 220 * static_cast<double>(i) / kRate));
  }
  return tone;
}

TEST(VarySound, IsDrawnBySeed) {
  const SoundChange all[] = {SoundChange::kNoise, SoundChange::kSpeed, SoundChange::kReverberation,
                             SoundChange::kPitch};
  const SoundChange other_order[] = {SoundChange::kPitch, SoundChange::kReverberation, SoundChange::kSpeed,
                                     SoundChange::kNoise};
  std::set<std::vector<float>> sounds;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const std::vector<float> sound = VarySound(Tone(), all, kRate, seed);
    EXPECT_EQ(sound, VarySound(Tone(), other_order, kRate, seed));
    for (const float sample : sound) ASSERT_TRUE(std::isfinite(sample));
    sounds.insert(sound);
  }
  EXPECT_EQ(sounds.size(), 12U);
  EXPECT_FALSE(sounds.contains(Tone()));
}

TEST(VarySound, EachChangeDoesWhatItsNameSays) {
  const std::vector<float> tone = Tone();
  std::set<std::size_t> lengths;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const auto varied = [&](SoundChange change) { return VarySound(tone, std::span(&change, 1), kRate, seed); };
    lengths.insert(varied(SoundChange::kSpeed).size());
    for (const SoundChange change : {SoundChange::kPitch, SoundChange::kReverberation, SoundChange::kNoise}) {
      const std::vector<float> sound = varied(change);
      EXPECT_EQ(sound.size(), tone.size());
      EXPECT_NE(sound, tone);
    }
    double difference = 0, power = 0;
    const std::vector<float> noisy = varied(SoundChange::kNoise);
    for (std::size_t i = 0; i < tone.size(); ++i) {
      difference += std::pow(static_cast<double>(noisy[i]) - static_cast<double>(tone[i]), 2);
      power += std::pow(static_cast<double>(tone[i]), 2);
    }
    const double snr_db = 10 * std::log10(power / difference);
    EXPECT_GE(snr_db, 9.9);
    EXPECT_LE(snr_db, 30.1);
  }
  EXPECT_GE(*lengths.begin(), tone.size() * 10 / 11);
  EXPECT_LE(*lengths.rbegin(), tone.size() * 10 / 9 + 1);
  EXPECT_GT(lengths.size(), 4U);
}

TEST(SoundChangeFromName, KnowsFour) {
  EXPECT_EQ(SoundChangeFromName("noise"), SoundChange::kNoise);
  EXPECT_EQ(SoundChangeFromName("pitch"), SoundChange::kPitch);
  const Error error = ThrownBy([] { SoundChangeFromName("echo"); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_NE(error.remedy().find("reverberation"), std::string::npos);
}

}  // namespace
}  // namespace sezim
