// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/steady_partials.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "support/golden_voice.h"

namespace sezim {
namespace {

// Two seconds of a tone with five harmonics whose pitch rises by `glide` of itself in each second, and some noise.
std::vector<std::int16_t> Note(double hz, double glide, double amplitude = 2000) {
  std::mt19937 random(1);
  std::vector<std::int16_t> samples;
  double phase = 0;
  for (int i = 0; i < 32'000; ++i) {
    phase += 2 * std::numbers::pi * hz * (1 + glide * i / 16'000) / 16'000;
    double sum = 0;
    for (int k = 1; k <= 5; ++k) sum += std::sin(k * phase);
    samples.push_back(static_cast<std::int16_t>(amplitude * sum + static_cast<double>(random() % 101) - 50));
  }
  return samples;
}

TEST(SteadyPartials, CountsThoseOfANoteThatIsHeld) {
  EXPECT_NEAR(SteadyPartials(Note(440, 0)), 5, 0.5);
  EXPECT_NEAR(SteadyPartials(Note(440, 0, 100)), 5, 1);  // however soft
  EXPECT_NEAR(SteadyPartials(Note(1000, 0)), 3.5, 1);    // the fourth lies at the band's end
}

TEST(SteadyPartials, HarmonicsThatGlideDoNotCount) {
  EXPECT_LT(SteadyPartials(Note(220, 0.5)), 0.5);
  EXPECT_LT(SteadyPartials(GoldenVoice()), 0.7);
}

TEST(SteadyPartials, NoiseAndSilenceHaveNone) {
  std::mt19937 random(2);
  std::vector<std::int16_t> noise;
  for (int i = 0; i < 64'000; ++i) noise.push_back(static_cast<std::int16_t>(static_cast<int>(random() % 8001) - 4000));
  EXPECT_LT(SteadyPartials(noise), 0.2);
  EXPECT_EQ(SteadyPartials(std::vector<std::int16_t>(32'000, 0)), 0);
  EXPECT_EQ(SteadyPartials({}), 0);
  EXPECT_EQ(SteadyPartials(std::span(noise).first(5000)), 0);
}

TEST(SteadyPartials, ANoteUnderAVoiceIsHeard) {
  std::vector<std::int16_t> both = GoldenVoice();
  const std::vector<std::int16_t> note = Note(330, 0, 400);
  for (std::size_t i = 0; i < note.size(); ++i) both[i] = static_cast<std::int16_t>(both[i] + note[i]);
  EXPECT_GT(SteadyPartials(std::span(both).first(note.size())), 2);
}

}  // namespace
}  // namespace sezim
