// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/speech_cutter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "sezim/base/error.h"
#include "sezim/speech/voice_activity.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using Spans = std::vector<SpeechSpan>;

double LengthOf(std::size_t num_windows) {
  return static_cast<double>(num_windows) * kVadWindowS;
}

Spans CutAtOnce(SpeechCutter&& cutter, const std::vector<float>& probabilities, double duration_s) {
  Spans spans;
  cutter.Decide(probabilities, duration_s, true, [&](const SpeechSpan& span) { spans.push_back(span); });
  return spans;
}

// The same as the sound comes bit by bit: windows are handed over once they have been heard, the last one at the end.
Spans CutBitByBit(SpeechCutter&& cutter, const std::vector<float>& probabilities, double duration_s,
                  std::mt19937& random) {
  Spans spans;
  const auto add = [&](const SpeechSpan& span) { spans.push_back(span); };
  const std::size_t longest = 1 + random() % 60;
  for (std::size_t heard = 0; heard + 1 < probabilities.size();) {
    cutter.Decide(std::span(probabilities).first(heard), LengthOf(heard), false, add);
    heard += 1 + random() % longest;
  }
  cutter.Decide(probabilities, duration_s, true, add);
  return spans;
}

// Probabilities that wander, rest near 0 or near 1 for a while, and leap.
std::vector<float> RandomProbabilities(std::mt19937& random) {
  std::uniform_real_distribution<float> any(0, 1);
  std::vector<float> probabilities(random() % 900);
  float at = any(random);
  const float step = any(random);
  for (float& one : probabilities) {
    at = random() % 40 == 0 ? std::round(any(random)) : std::clamp(at + step * (any(random) - 0.5F), 0.0F, 1.0F);
    one = at;
  }
  return probabilities;
}

// A sound that ends within its last window.
double DurationOf(const std::vector<float>& probabilities, std::mt19937& random) {
  if (probabilities.empty()) return 0;
  return LengthOf(probabilities.size() - 1) + kVadWindowS * (1 + static_cast<double>(random() % 32)) / 32;
}

TEST(ChunkCutter, HandsOnTheSecondsAboveTheThreshold) {
  std::vector<float> probabilities(110, 0.1F);  // 3.52 s
  std::fill(probabilities.begin() + 31, probabilities.begin() + 62, 0.9F);
  std::fill(probabilities.begin() + 94, probabilities.end(), 0.6F);
  EXPECT_EQ(CutAtOnce(ChunkCutter(0.5), probabilities, 3.5), (Spans{{1, 2}, {3, 3.5}}));
  EXPECT_EQ(CutAtOnce(ChunkCutter(0.7), probabilities, 3.5), (Spans{{1, 2}}));
  EXPECT_EQ(CutAtOnce(ChunkCutter(0), probabilities, 3.5), (Spans{{0, 1}, {1, 2}, {2, 3}, {3, 3.5}}));
  EXPECT_EQ(CutAtOnce(ChunkCutter(0), {}, 0), Spans{});
}

TEST(ChunkCutter, AChunkIsHandedOnAsSoonAsItIsOver) {
  ChunkCutter cutter(0.5);
  const std::vector<float> probabilities(63, 1.0F);
  std::vector<std::size_t> num_spans;
  std::size_t count = 0;
  for (const std::size_t heard : {30U, 31U, 61U, 62U, 63U}) {
    cutter.Decide(std::span(probabilities).first(heard), LengthOf(heard), false, [&](const SpeechSpan&) { ++count; });
    num_spans.push_back(count);
  }
  EXPECT_EQ(num_spans, (std::vector<std::size_t>{0, 1, 1, 2, 2}));
}

TEST(ChunkCutter, CutsAlikeHoweverTheSoundComes) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    const std::vector<float> probabilities = RandomProbabilities(random);
    const double duration_s = LengthOf(probabilities.size());
    const double threshold = 0.1 * (round % 10);
    const Spans spans = CutAtOnce(ChunkCutter(threshold), probabilities, duration_s);
    EXPECT_EQ(CutBitByBit(ChunkCutter(threshold), probabilities, duration_s, random), spans) << round;
    for (const SpeechSpan& span : spans) {
      EXPECT_EQ(span.start_s, std::floor(span.start_s));
      EXPECT_EQ(span.end_s, std::min(span.start_s + 1, duration_s));
      EXPECT_GT(ChunkProbability(probabilities, static_cast<std::int64_t>(span.start_s), true).value(), threshold);
    }
  }
}

SpeechSpanOptions RandomOptions(std::mt19937& random) {
  const auto any = [&](double low, double high) { return std::uniform_real_distribution<double>(low, high)(random); };
  SpeechSpanOptions options{.onset = any(0.3, 0.9), .max_speech_s = any(0.5, 8)};
  options.offset = any(0.05, options.onset);
  options.min_speech_s = any(0, 0.6);
  options.min_pause_s = random() % 4 == 0 ? any(0, 3) : any(0, 0.4);
  return options;
}

TEST(PauseCutter, CutsAlikeHoweverTheSoundComes) {
  std::mt19937 random(2);
  for (int round = 0; round < 600; ++round) {
    const std::vector<float> probabilities = RandomProbabilities(random);
    const double duration_s = DurationOf(probabilities, random);
    const SpeechSpanOptions options = RandomOptions(random);
    const Spans spans = CutAtOnce(PauseCutter(options), probabilities, duration_s);
    for (int again = 0; again < 3; ++again) {
      EXPECT_EQ(CutBitByBit(PauseCutter(options), probabilities, duration_s, random), spans) << round;
    }
  }
}

TEST(PauseCutter, SpansAreAscendingDisjointAndNoLongerThanAsked) {
  std::mt19937 random(3);
  for (int round = 0; round < 600; ++round) {
    const std::vector<float> probabilities = RandomProbabilities(random);
    const double duration_s = DurationOf(probabilities, random);
    const SpeechSpanOptions options = RandomOptions(random);
    double until_s = 0;
    for (const SpeechSpan& span : CutAtOnce(PauseCutter(options), probabilities, duration_s)) {
      EXPECT_GE(span.start_s, until_s);
      EXPECT_GT(span.end_s, span.start_s);
      EXPECT_LE(span.end_s - span.start_s, options.max_speech_s + 1e-9) << round;
      EXPECT_LE(span.end_s, duration_s);
      until_s = span.end_s;
    }
  }
}

TEST(PauseCutter, ASpanIsHandedOnOnceThePauseIsLongEnough) {
  std::vector<float> probabilities(40, 0.0F);
  std::fill(probabilities.begin() + 5, probabilities.begin() + 25, 1.0F);
  PauseCutter cutter({.min_speech_s = 0.25, .min_pause_s = 0.1});
  Spans spans;
  for (std::size_t heard = 0; heard <= 28; ++heard) {
    cutter.Decide(std::span(probabilities).first(heard), LengthOf(heard), false,
                  [&](const SpeechSpan& span) { spans.push_back(span); });
  }
  EXPECT_EQ(spans, Spans{});  // three windows of pause are 96 ms
  cutter.Decide(std::span(probabilities).first(29), LengthOf(29), false,
                [&](const SpeechSpan& span) { spans.push_back(span); });
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_NEAR(spans[0].start_s, LengthOf(5), 1e-9);
  EXPECT_NEAR(spans[0].end_s, LengthOf(25), 1e-9);
}

TEST(PauseCutter, ALongSpeechIsCutInItsDeepestPause) {
  std::vector<float> probabilities(250, 0.9F);  // 8 s
  probabilities[120] = 0.6F;                    // 3.84 s
  probabilities[141] = 0.45F;                   // 4.512 s: the deepest
  probabilities[160] = 0.5F;
  probabilities[50] = 0.4F;  // deeper, but so early that a short piece would come of it
  const Spans spans = CutAtOnce(PauseCutter({.max_speech_s = 6}), probabilities, 8);
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].start_s, 0);
  EXPECT_NEAR(spans[0].end_s, LengthOf(141) + kVadWindowS / 2, 1e-9);
  EXPECT_EQ(spans[1].start_s, spans[0].end_s);
  EXPECT_EQ(spans[1].end_s, 8);
}

TEST(PauseCutter, SpeechWithoutAPauseLeavesNoHole) {
  std::mt19937 random(4);
  std::uniform_real_distribution<float> any(0.6F, 1);
  for (const double max_speech_s : {0.5, 1.0, 6.0, 20.0}) {
    std::vector<float> probabilities(3000);
    for (float& one : probabilities) one = max_speech_s == 6 ? 1 : any(random);
    const double duration_s = LengthOf(probabilities.size());
    const SpeechSpanOptions options{.min_speech_s = 0, .min_pause_s = 0.3, .max_speech_s = max_speech_s};
    const Spans spans = CutAtOnce(PauseCutter(options), probabilities, duration_s);
    double until_s = 0;
    for (const SpeechSpan& span : spans) {
      EXPECT_EQ(span.start_s, until_s);
      EXPECT_LE(span.end_s - span.start_s, max_speech_s + 1e-9);
      EXPECT_TRUE(span.end_s == duration_s || span.end_s - span.start_s >= max_speech_s / 2 - kVadWindowS);
      until_s = span.end_s;
    }
    EXPECT_NEAR(until_s, duration_s, 1e-9);
  }
}

TEST(PauseCutter, APauseThatDoesNotCutMayBeLongerThanASpeechMayBe) {
  std::vector<float> probabilities(200, 0.0F);
  for (const std::size_t i : {0U, 1U, 100U, 101U, 199U}) probabilities[i] = 1.0F;
  const SpeechSpanOptions options{.min_speech_s = 0, .min_pause_s = 5, .max_speech_s = 0.5};
  for (const SpeechSpan& span : CutAtOnce(PauseCutter(options), probabilities, LengthOf(200))) {
    EXPECT_LE(span.end_s - span.start_s, 0.5 + 1e-9);
  }
}

TEST(PauseCutter, RefusesOptionsThatMakeNoSense) {
  EXPECT_EQ(ThrownBy([] { PauseCutter({.max_speech_s = 0.4}); }).kind(), ErrorKind::kUsage);
  EXPECT_EQ(ThrownBy([] { PauseCutter({.onset = 0.5, .offset = 0.6}); }).kind(), ErrorKind::kUsage);
}

}  // namespace
}  // namespace sezim
