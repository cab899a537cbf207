// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/evaluate_harvest.h"

#include <gtest/gtest.h>

#include "sezim/base/error.h"
#include "support/thrown.h"

namespace sezim {
namespace {

constexpr double kHundredth = 1e-9;  // sums of hundredths of a second

SegmentRecord Segment(std::int64_t start_ms, std::int64_t end_ms, Emotion emotion) {
  return {.start_ms = start_ms, .end_ms = end_ms, .emotion = emotion};
}

// 0 s        4 s           7 s           10 s
// speaking   | voice over  | two faces   |
// voice 0-3  | 4-7         | 7-9         |
Truth Programme() {
  return {.media = "p.mp4",
          .duration_s = 10,
          .spans = {{.start_s = 0,
                     .end_s = 4,
                     .kind = "speaking",
                     .usable = true,
                     .emotion = Emotion::kHappy,
                     .speech = {{0, 3}}},
                    {.start_s = 4, .end_s = 7, .kind = "voice_over", .speech = {{4, 7}}},
                    {.start_s = 7, .end_s = 10, .kind = "two_faces", .speech = {{7, 9}}}}};
}

TEST(EvaluateHarvest, ComparesSpeakersWithThoseOfUsableSpans) {
  const auto said_by = [](std::int64_t start_ms, const char* speaker) {
    SegmentRecord segment = Segment(start_ms, start_ms + 500, Emotion::kSad);
    segment.speaker = speaker;
    return segment;
  };
  Truth truth{.media = "p.mp4", .duration_s = 10};
  for (const auto& [start_s, speaker] : {std::pair{0.0, "anna"}, {2.0, "boris"}, {4.0, "anna"}, {6.0, ""}}) {
    truth.spans.push_back(
        {.start_s = start_s, .end_s = start_s + 2, .kind = "speaking", .usable = true, .speaker = speaker});
  }
  truth.spans.push_back({.start_s = 8, .end_s = 10, .kind = "dubbed", .speaker = "boris"});
  const std::vector<SegmentRecord> segments = {said_by(0, "a"),
                                               said_by(1000, "a"),
                                               said_by(2000, "a"),
                                               said_by(4000, "b"),
                                               said_by(6000, "b"),
                                               said_by(8000, "b"),
                                               Segment(3000, 3500, Emotion::kSad)};
  const ClusterFigures figures = EvaluateHarvest(truth, segments).speakers;
  EXPECT_EQ(figures.num_items, 4U);
  EXPECT_EQ(figures.num_people, 2U);
  EXPECT_EQ(figures.num_clusters, 2U);
  EXPECT_DOUBLE_EQ(figures.purity, 0.75);          // boris is taken for anna once
  EXPECT_DOUBLE_EQ(figures.inverse_purity, 0.75);  // one of anna's three has a name of its own
}

TEST(EvaluateHarvest, CountsTheExampleByHand) {
  const std::vector<SegmentRecord> segments = {Segment(1000, 2000, Emotion::kHappy), Segment(2000, 3500, Emotion::kSad),
                                               Segment(5000, 6000, Emotion::kSad),
                                               Segment(8000, 9500, Emotion::kAngry)};
  const HarvestEvaluation result = EvaluateHarvest(Programme(), segments);
  ASSERT_EQ(result.kinds.size(), 3U);
  const auto expect_kind = [&](const char* name, double total_s, double speech_s, double kept_s) {
    const HarvestEvaluation::Kind& kind = result.kinds.at(name);
    EXPECT_NEAR(kind.total_s, total_s, kHundredth) << name;
    EXPECT_NEAR(kind.speech_s, speech_s, kHundredth) << name;
    EXPECT_NEAR(kind.kept_s, kept_s, kHundredth) << name;
  };
  expect_kind("speaking", 4, 3, 2);
  expect_kind("voice_over", 3, 3, 1);
  expect_kind("two_faces", 3, 2, 1);
  EXPECT_NEAR(result.kept_s, 3.5, kHundredth);  // 2.5 s speaking, 1 s voice over; two faces left out
  EXPECT_NEAR(result.kept_usable_s, 2.5, kHundredth);
  EXPECT_NEAR(result.usable_s, 3, kHundredth);
  EXPECT_NEAR(result.found_s, 2, kHundredth);
  EXPECT_NEAR(result.precision(), 2.5 / 3.5, 1e-9);
  EXPECT_NEAR(result.recall(), 2.0 / 3, 1e-9);
  const auto happy = static_cast<std::size_t>(Emotion::kHappy);
  EXPECT_EQ(result.labels.count(happy, happy), 100);
  EXPECT_EQ(result.labels.count(happy, static_cast<std::size_t>(Emotion::kSad)), 150);
  EXPECT_EQ(result.labels.total(), 250);
}

TEST(EvaluateHarvest, KeepingNothingFindsNothing) {
  const HarvestEvaluation result = EvaluateHarvest(Programme(), {});
  EXPECT_EQ(result.precision(), 0);
  EXPECT_EQ(result.recall(), 0);
  EXPECT_NEAR(result.usable_s, 3, kHundredth);
  EXPECT_EQ(result.labels.total(), 0);
}

TEST(EvaluateHarvest, WhatLiesBehindTheEndCountsNothing) {
  const std::vector<SegmentRecord> segments = {Segment(9'900, 60'000, Emotion::kSad),
                                               Segment(70'000, 80'000, Emotion::kSad)};
  EXPECT_NEAR(EvaluateHarvest(Programme(), segments).kept_s, 0, kHundredth);
  Truth overlong = Programme();
  overlong.spans.back() = {.start_s = 7, .end_s = 1e9, .kind = "landscape", .speech = {{8, 1e12}}};
  const HarvestEvaluation result = EvaluateHarvest(overlong, segments);
  EXPECT_NEAR(result.kinds.at("landscape").total_s, 3, kHundredth);
  EXPECT_NEAR(result.kinds.at("landscape").speech_s, 2, kHundredth);
  EXPECT_NEAR(result.kept_s, 0.1, kHundredth);
}

TEST(EvaluateHarvest, RefusesAProgrammeOfWeeks) {
  EXPECT_EQ(ThrownBy([] { EvaluateHarvest({.media = "p", .duration_s = 1e12}, {}); }).kind(), ErrorKind::kBadInput);
}

}  // namespace
}  // namespace sezim
