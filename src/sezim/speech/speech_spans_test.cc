// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/speech_spans.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "sezim/base/error.h"
#include "sezim/speech/voice_activity.h"
#include "support/thrown.h"

namespace sezim {
namespace {

// The middle of window i is at (i + 1/2) * 32 ms. Second 0 holds the middles of windows 0 to 30 (30.5 * 32 =
// 976 ms), second 1 those of 31 to 61 (1008 to 1968 ms), second 2 those of 62 to 93 (2000 to 2992 ms).
std::vector<float> Windows(std::size_t count, std::size_t from, std::size_t to) {
  std::vector<float> windows(count, 0.0F);
  for (std::size_t i = from; i < to; ++i) windows.at(i) = 1.0F;
  return windows;
}

TEST(ChunkProbability, IsTheMeanOverTheWindowsWhoseMiddleLiesInTheSecond) {
  EXPECT_DOUBLE_EQ(ChunkProbability(Windows(94, 0, 31), 0, true).value(), 1);
  EXPECT_DOUBLE_EQ(ChunkProbability(Windows(94, 0, 31), 1, true).value(), 0);
  EXPECT_DOUBLE_EQ(ChunkProbability(Windows(94, 31, 62), 1, true).value(), 1);
  EXPECT_DOUBLE_EQ(ChunkProbability(Windows(94, 62, 94), 2, true).value(), 1);
  EXPECT_DOUBLE_EQ(ChunkProbability(Windows(94, 30, 32), 0, true).value(), 1.0 / 31);
  EXPECT_DOUBLE_EQ(ChunkProbability(Windows(94, 30, 32), 1, true).value(), 1.0 / 31);
  EXPECT_DOUBLE_EQ(ChunkProbability(Windows(94, 62, 78), 2, true).value(), 16.0 / 32);
}

TEST(ChunkProbability, TheLastChunkMayBeShorter) {
  EXPECT_DOUBLE_EQ(ChunkProbability(Windows(70, 62, 64), 2, true).value(), 2.0 / 8);
  EXPECT_DOUBLE_EQ(ChunkProbability(Windows(1, 0, 1), 0, true).value(), 1);
  EXPECT_EQ(ChunkProbability(Windows(62, 0, 62), 2, true),
            std::nullopt);  // too short to hold a window's middle
  EXPECT_EQ(ChunkProbability({}, 0, true), std::nullopt);
}

TEST(ChunkProbability, WaitsUntilTheChunkIsOver) {
  EXPECT_EQ(ChunkProbability(Windows(30, 0, 30), 0, false), std::nullopt);
  EXPECT_DOUBLE_EQ(ChunkProbability(Windows(31, 0, 31), 0, false).value(), 1);
  EXPECT_EQ(ChunkProbability(Windows(93, 0, 93), 2, false), std::nullopt);
  EXPECT_TRUE(ChunkProbability(Windows(94, 0, 94), 2, false));
}

TEST(ChunkProbability, EveryWindowCountsInOneChunk) {
  const std::size_t num_windows = 10'000;
  std::vector<float> windows(num_windows, 0.0F);
  for (std::size_t i = 0; i < num_windows; i += 97) {
    windows[i] = 1.0F;
    const auto second = static_cast<std::int64_t>((static_cast<double>(i) + 0.5) * 0.032 + 1e-9);
    double sum = 0;
    for (std::int64_t at = std::max<std::int64_t>(0, second - 2); at <= second + 2; ++at) {
      sum += ChunkProbability(windows, at, true).value_or(0);
    }
    const double own = ChunkProbability(windows, second, true).value();
    EXPECT_GT(own, 0) << i;
    EXPECT_EQ(sum, own) << i;
    windows[i] = 0.0F;
  }
}

std::vector<SpeechSpan> Spans(const std::vector<float>& probabilities, const SpeechSpanOptions& options) {
  return FindSpeechSpans(probabilities, static_cast<double>(probabilities.size()) * kVadWindowS, options);
}

void ExpectSpans(const std::vector<SpeechSpan>& spans, const std::vector<std::pair<int, int>>& windows) {
  ASSERT_EQ(spans.size(), windows.size());
  for (std::size_t i = 0; i < spans.size(); ++i) {
    EXPECT_NEAR(spans[i].start_s, windows[i].first * kVadWindowS, 1e-9);
    EXPECT_NEAR(spans[i].end_s, windows[i].second * kVadWindowS, 1e-9);
  }
}

TEST(FindSpeechSpans, BeginsAtTheOnsetAndEndsBelowTheOffset) {
  const SpeechSpanOptions options{.onset = 0.5, .offset = 0.375, .min_speech_s = 0, .min_pause_s = 0};
  ExpectSpans(Spans({0.1F, 0.4F, 0.5F, 0.38F, 0.375F, 0.37F, 0.49F, 0.1F}, options), {{2, 5}});
  ExpectSpans(Spans({0.9F, 0.1F, 0.9F}, options), {{0, 1}, {2, 3}});
  ExpectSpans(Spans({}, options), {});
}

TEST(FindSpeechSpans, ShortPausesDoNotCutAndShortSpeechIsNone) {
  std::vector<float> probabilities = Windows(40, 2, 12);
  for (const std::size_t i : {15U, 16U, 17U, 30U}) probabilities[i] = 1.0F;  // a pause of 3 windows; one window alone
  const SpeechSpanOptions options{.min_speech_s = 0.1, .min_pause_s = 0.1};  // 3.1 windows
  ExpectSpans(Spans(probabilities, options), {{2, 18}});
  ExpectSpans(Spans(probabilities, {.min_speech_s = 0.09, .min_pause_s = 0.09}), {{2, 12}, {15, 18}});
  ExpectSpans(Spans(probabilities, {.min_speech_s = 0.03, .min_pause_s = 0.03}), {{2, 12}, {15, 18}, {30, 31}});
}

TEST(FindSpeechSpans, EndsWithTheSound) {
  const auto spans = FindSpeechSpans(Windows(10, 0, 10), 0.3, {.min_speech_s = 0, .min_pause_s = 0});
  EXPECT_EQ(spans, (std::vector<SpeechSpan>{{0, 0.3}}));
}

TEST(FindSpeechSpans, SpansAreDisjointLongEnoughAndHoldEveryOnset) {
  std::mt19937 random(2);
  std::uniform_real_distribution<float> step(-0.2F, 0.2F);
  for (int round = 0; round < 200; ++round) {
    std::vector<float> probabilities(random() % 300);
    float at = 0.5F;
    for (float& one : probabilities) one = at = std::clamp(at + step(random), 0.0F, 1.0F);
    const SpeechSpanOptions options{.onset = 0.5 + 0.1 * (round % 5),
                                    .offset = 0.1 * (round % 6),
                                    .min_speech_s = 0.05 * (round % 7),
                                    .min_pause_s = 0.05 * (round % 4)};
    if (options.offset == 0) continue;
    const auto spans = Spans(probabilities, options);
    const double duration_s = static_cast<double>(probabilities.size()) * kVadWindowS;
    double until_s = -1;
    for (const SpeechSpan& span : spans) {
      EXPECT_GT(span.end_s, span.start_s);
      EXPECT_GE(span.end_s - span.start_s, options.min_speech_s - 1e-9);
      EXPECT_TRUE(until_s < 0 || span.start_s - until_s >= std::max(options.min_pause_s, kVadWindowS) - 1e-9);
      EXPECT_GE(span.start_s, 0);
      EXPECT_LE(span.end_s, duration_s + 1e-9);
      until_s = span.end_s;
      // It begins with an onset, and is not followed by a window that it would have to hold.
      EXPECT_GE(probabilities.at(static_cast<std::size_t>(std::lround(span.start_s / kVadWindowS))), options.onset);
      const auto next = static_cast<std::size_t>(std::lround(span.end_s / kVadWindowS));
      EXPECT_TRUE(next >= probabilities.size() || probabilities[next] < options.offset);
    }
    if (options.min_speech_s > 0) continue;
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
      const double middle_s = (static_cast<double>(i) + 0.5) * kVadWindowS;
      const bool held = std::any_of(spans.begin(), spans.end(), [&](const SpeechSpan& span) {
        return span.start_s < middle_s && middle_s < span.end_s;
      });
      EXPECT_TRUE(held || probabilities[i] < options.onset) << i;
    }
  }
}

TEST(FindSpeechSpans, NamesAllOptionsThatMakeNoSense) {
  const Error error =
      ThrownBy([] { FindSpeechSpans({}, 0, {.onset = 1, .offset = 2, .min_speech_s = -1, .min_pause_s = -1}); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  for (const char* option : {"onset", "offset", "min_speech_s", "min_pause_s"}) {
    EXPECT_THAT(error.what(), testing::HasSubstr(option));
  }
}

}  // namespace
}  // namespace sezim
