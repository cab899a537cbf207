// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/segmenter.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <utility>

#include "sezim/base/error.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using Ticks = std::vector<std::int64_t>;
using testing::HasSubstr;

// The ticks of all `runs` [first, last], both included.
Ticks TicksOf(const std::vector<std::pair<std::int64_t, std::int64_t>>& runs) {
  Ticks ticks;
  for (const auto& [first, last] : runs) {
    for (std::int64_t tick = first; tick <= last; ++tick) ticks.push_back(tick);
  }
  return ticks;
}

std::vector<FrameSegment> Paper(const Ticks& ticks) {
  return SegmentFrames(ticks, {});
}

TEST(Segmenter, NothingComesOfNothing) {
  EXPECT_TRUE(Paper({}).empty());
}

TEST(Segmenter, ADistanceOfTenFramesJoinsAndOfElevenParts) {
  EXPECT_EQ(Paper(TicksOf({{100, 104}, {114, 119}})),
            (std::vector<FrameSegment>{{100, 120, 0, 11, false}}));  // 114 - 104 = 10
  EXPECT_EQ(Paper(TicksOf({{100, 110}, {121, 131}})),                // 121 - 110 = 11
            (std::vector<FrameSegment>{{100, 111, 0, 11, false}, {121, 132, 11, 22, false}}));
}

TEST(Segmenter, ElevenFramesAreKeptAndTenDropped) {
  EXPECT_EQ(Paper(TicksOf({{0, 10}})), (std::vector<FrameSegment>{{0, 11, 0, 11, false}}));
  EXPECT_EQ(Paper(TicksOf({{0, 9}})), (std::vector<FrameSegment>{{0, 10, 0, 10, true}}));
  // Time does not count, frames do: ten frames over 28 ticks are still too few.
  EXPECT_EQ(Paper(TicksOf({{0, 4}, {13, 13}, {22, 22}, {25, 27}})), (std::vector<FrameSegment>{{0, 28, 0, 10, true}}));
}

TEST(Segmenter, CutsWhatIsLongerThanThreeSecondsIntoTheFewestEqualParts) {
  EXPECT_EQ(Paper(TicksOf({{0, 29}})), (std::vector<FrameSegment>{{0, 30, 0, 30, false}}));
  EXPECT_EQ(Paper(TicksOf({{0, 30}})), (std::vector<FrameSegment>{{0, 15, 0, 15, false}, {15, 31, 15, 31, false}}));
  EXPECT_EQ(Paper(TicksOf({{7, 66}})), (std::vector<FrameSegment>{{7, 37, 0, 30, false}, {37, 67, 30, 60, false}}));
  EXPECT_EQ(Paper(TicksOf({{0, 60}})),
            (std::vector<FrameSegment>{{0, 20, 0, 20, false}, {20, 40, 20, 40, false}, {40, 61, 40, 61, false}}));
}

TEST(Segmenter, DropsAPartWithTooFewFrames) {
  EXPECT_EQ(Paper(TicksOf({{0, 10}, {20, 20}, {30, 30}})),
            (std::vector<FrameSegment>{{0, 15, 0, 11, false}, {15, 31, 11, 13, true}}));
}

TEST(Segmenter, APartWithoutFramesIsNoSegment) {
  const SegmenterOptions options{.max_gap_frames = 40, .min_frames = 2, .max_segment_s = 1};
  EXPECT_EQ(SegmentFrames(TicksOf({{0, 1}, {28, 29}}), options),
            (std::vector<FrameSegment>{{0, 10, 0, 2, false}, {20, 30, 2, 4, false}}));
}

TEST(Segmenter, ALengthThatBinaryFractionsCannotHoldIsExact) {
  const SegmenterOptions options{.ticks_per_s = 100, .min_frames = 1, .max_segment_s = 0.29};  // 0.29 * 100 < 29
  EXPECT_EQ(SegmentFrames(TicksOf({{0, 28}}), options).size(), 1U);
  EXPECT_EQ(SegmentFrames(TicksOf({{0, 29}}), options).size(), 2U);
}

TEST(Segmenter, RequiresAscendingTicks) {
  EXPECT_THROW(Paper({1, 2, 2, 3}), ContractViolation);
  EXPECT_THROW(Paper({1, 3, 2}), ContractViolation);
}

TEST(Segmenter, NamesAllOptionsThatAreOutOfRange) {
  const SegmenterOptions bad{.ticks_per_s = 0, .max_gap_frames = 0, .min_frames = 0, .max_segment_s = -1};
  const Error error = ThrownBy([&] { SegmentFrames({}, bad); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  for (const char* option : {"frames.per_s", "max_gap_frames", "min_frames", "segments.max_s"}) {
    EXPECT_THAT(error.what(), HasSubstr(option));
  }
}

struct RandomCase {
  SegmenterOptions options;
  Ticks ticks;
};

RandomCase MakeCase(unsigned seed) {
  std::mt19937 random(seed);
  const auto between = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  RandomCase made;
  if (seed % 2 == 1) {  // every other case with the published options
    made.options = {.ticks_per_s = between(1, 30),
                    .max_gap_frames = between(1, 30),
                    .min_frames = between(1, 20),
                    .max_segment_s = between(10, 60) / 10.0};
  }
  std::int64_t tick = between(0, 1000);
  const int share = between(1, 3);
  for (int n = between(0, 400); n > 0; --n) {
    made.ticks.push_back(tick);
    const bool leaps = between(0, 30) == 0;
    tick += leaps ? between(1, 3 * made.options.max_gap_frames) : between(1, share);
  }
  return made;
}

void ExpectEveryFrameInOneOfAscendingDisjointSegments(const RandomCase& random) {
  const auto& [options, ticks] = random;
  std::size_t next = 0;
  std::int64_t until = std::numeric_limits<std::int64_t>::min();
  for (const FrameSegment& segment : SegmentFrames(ticks, options)) {
    EXPECT_EQ(segment.begin, next);
    EXPECT_GT(segment.end, segment.begin);
    EXPECT_GE(segment.first_tick, until);
    EXPECT_LE(segment.first_tick, ticks.at(segment.begin));
    EXPECT_GT(segment.end_tick, ticks.at(segment.end - 1));
    EXPECT_EQ(segment.too_few_frames, segment.num_frames() < static_cast<std::size_t>(options.min_frames));
    next = segment.end;
    until = segment.end_tick;
  }
  EXPECT_EQ(next, ticks.size());
}

void ExpectRunsToEndAtLongGapsOnlyAndTheFewestEqualParts(const RandomCase& random) {
  const auto& [options, ticks] = random;
  const std::vector<FrameSegment> segments = SegmentFrames(ticks, options);
  const double max_ticks = options.max_segment_s * options.ticks_per_s + 1e-9;
  for (std::size_t begin = 0, end = 0; begin < ticks.size(); begin = end) {
    for (end = begin + 1; end < ticks.size() && ticks[end] - ticks[end - 1] <= options.max_gap_frames;) ++end;
    std::vector<FrameSegment> parts;
    std::copy_if(segments.begin(), segments.end(), std::back_inserter(parts),
                 [&, from = begin, to = end](const FrameSegment& one) { return one.begin < to && one.end > from; });
    ASSERT_FALSE(parts.empty());
    EXPECT_EQ(parts.front().begin, begin);  // no segment reaches over a long gap
    EXPECT_EQ(parts.back().end, end);
    EXPECT_EQ(parts.front().first_tick, ticks[begin]);
    EXPECT_EQ(parts.back().end_tick, ticks[end - 1] + 1);
    if (end - begin < static_cast<std::size_t>(options.min_frames)) {
      EXPECT_EQ(parts.size(), 1U);
      continue;
    }
    const auto length = static_cast<double>(parts.back().end_tick - parts.front().first_tick);
    const double num_parts = std::ceil(length / std::floor(max_ticks));
    for (const FrameSegment& part : parts) {
      const auto ticks_of_part = static_cast<double>(part.end_tick - part.first_tick);
      EXPECT_LE(ticks_of_part, max_ticks);
      EXPECT_LT(std::abs(ticks_of_part - length / num_parts), 1);
    }
  }
}

TEST(Segmenter, HoldsItsPropertiesForAnyFrames) {
  for (unsigned seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE(seed);
    const RandomCase random = MakeCase(seed);
    ExpectEveryFrameInOneOfAscendingDisjointSegments(random);
    ExpectRunsToEndAtLongGapsOnlyAndTheFewestEqualParts(random);
  }
}

// Frames are looked at in seconds of speech alone, so from one such second over another without speech to the next the
// distance is eleven frames at least: no segment reaches over silence, whichever frames are kept.
TEST(Segmenter, EverySegmentOfThePublishedRuleIsWithinSpeech) {
  for (unsigned seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::bernoulli_distribution speaks(0.7);
    std::bernoulli_distribution is_kept(0.05 + 0.9 * (seed % 10) / 10);
    std::vector<bool> speech(40);
    Ticks ticks;
    for (std::size_t second = 0; second < speech.size(); ++second) {
      speech[second] = speaks(random);
      for (std::int64_t tick = 0; speech[second] && tick < 10; ++tick) {
        if (is_kept(random)) ticks.push_back(static_cast<std::int64_t>(second) * 10 + tick);
      }
    }
    for (const FrameSegment& segment : Paper(ticks)) {
      for (std::int64_t tick = segment.first_tick; tick < segment.end_tick; ++tick) {
        ASSERT_TRUE(speech[static_cast<std::size_t>(tick / 10)]) << "tick " << tick;
      }
    }
  }
}

}  // namespace
}  // namespace sezim
