// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/listen_to_segments.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

#include "support/golden_voice.h"

namespace sezim {
namespace {

// Twelve seconds: the golden voice from 2 s to 5 s and from 7 s to 10 s, over faint noise.
class ListenToSegmentsTest : public testing::Test {
 protected:
  ListenToSegmentsTest() {
    std::mt19937 random(1);
    for (std::size_t i = 0; i < 12 * 16'000; ++i) samples_.push_back(static_cast<std::int16_t>(random() % 21) - 10);
    const std::vector<std::int16_t> voice = GoldenVoice();
    for (const std::size_t from : {2U, 7U}) {
      for (std::size_t i = 0; i < 48'000; ++i) samples_[from * 16'000 + i] += voice[i];
    }
    sound_ = {.num_samples = static_cast<std::int64_t>(samples_.size()), .speech = {{2, 5}, {7, 10}}};
    stretches_.segments = {{.start_ms = 2000, .end_ms = 5000, .emotion = Emotion::kFear, .num_frames = 15},
                           {.start_ms = 7000, .end_ms = 10'000}};
    stretches_.rejected = {{0, 1000, "no-face"}, {6000, 6500, "no-face"}};
  }

  void Listen(const SegmentSoundOptions& options = {}, int num_threads = 2) {
    const ReadSound read = [&](std::int64_t from_ms, std::int64_t to_ms) {
      return std::vector<std::int16_t>(samples_.begin() + from_ms * 16, samples_.begin() + to_ms * 16);
    };
    static const VoicePrinter printer(std::make_shared<OnnxSession>(ModelStore().Load("ge2e")));
    ListenToSegments(stretches_, sound_, read, options, printer, num_threads);
  }

  std::vector<std::string> Reasons() const {
    std::vector<std::string> reasons;
    for (const RejectedStretch& one : stretches_.rejected) reasons.push_back(one.reason);
    return reasons;
  }

  std::vector<std::int16_t> samples_;
  SoundTrack sound_;
  HarvestedStretches stretches_;
};

TEST_F(ListenToSegmentsTest, MeasuresAndPrintsWhatItKeeps) {
  Listen();
  ASSERT_EQ(stretches_.segments.size(), 2U);
  for (const SegmentDraft& segment : stretches_.segments) {
    EXPECT_GT(segment.snr_db.value_or(0), 25);
    EXPECT_EQ(segment.voice_print.size(), 256U);
  }
  EXPECT_EQ(stretches_.rejected.size(), 2U);
}

TEST_F(ListenToSegmentsTest, NoiseUnderTheVoiceIsHeardBesideIt) {
  std::mt19937 random(2);
  for (std::size_t i = 6 * 16'000; i < samples_.size(); ++i)
    samples_[i] = static_cast<std::int16_t>(samples_[i] + static_cast<int>(random() % 6001) - 3000);
  Listen();
  ASSERT_EQ(stretches_.segments.size(), 1U);
  EXPECT_EQ(stretches_.segments[0].start_ms, 2000);
  EXPECT_THAT(Reasons(), testing::ElementsAre("no-face", "no-face", "noisy"));
  EXPECT_EQ(stretches_.rejected[2].start_ms, 7000);
  EXPECT_EQ(stretches_.rejected[2].end_ms, 10'000);
}

TEST_F(ListenToSegmentsTest, ClippedVoicesGo) {
  for (std::size_t i = 2 * 16'000; i < 5 * 16'000; ++i) {
    samples_[i] = static_cast<std::int16_t>(std::clamp(samples_[i] * 30, -32'768, 32'767));
  }
  Listen();
  EXPECT_THAT(Reasons(), testing::ElementsAre("no-face", "clipped", "no-face"));
  EXPECT_EQ(stretches_.rejected[1].num_frames, 15);
  EXPECT_EQ(stretches_.rejected[1].emotion, Emotion::kFear);
  EXPECT_EQ(stretches_.rejected[0].emotion, std::nullopt);
}

TEST_F(ListenToSegmentsTest, TwoVoicesAtOnceGo) {
  const std::vector<std::int16_t> other = AnotherVoice();
  for (std::size_t i = 0; i < 48'000; ++i) {
    samples_[7 * 16'000 + i] = static_cast<std::int16_t>(samples_[7 * 16'000 + i] + other[i]);
  }
  Listen();
  EXPECT_THAT(Reasons(), testing::ElementsAre("no-face", "no-face", "overlapping-voices"));
  ASSERT_EQ(stretches_.segments.size(), 1U);
  EXPECT_EQ(stretches_.segments[0].start_ms, 2000);
}

TEST_F(ListenToSegmentsTest, SilenceAroundAVoiceDoesNotSpeakForIt) {
  const HarvestedStretches tight = stretches_;
  Listen({.max_overlap_log_odds = 100});
  HarvestedStretches without = std::exchange(stretches_, tight);
  for (SegmentDraft& segment : stretches_.segments) {
    segment.start_ms -= 1200;
    segment.end_ms += 1200;
  }
  Listen({.max_overlap_log_odds = 100});
  ASSERT_EQ(stretches_.segments.size(), without.segments.size());
  for (std::size_t i = 0; i < without.segments.size(); ++i) {
    EXPECT_EQ(stretches_.segments[i].voice_print, without.segments[i].voice_print);
  }
}

TEST_F(ListenToSegmentsTest, WhereNoSpeechIsKnownAllIsHeard) {
  sound_.speech = {{0, 2}, {5, 7}};
  Listen({.max_overlap_log_odds = 100});
  ASSERT_EQ(stretches_.segments.size(), 2U);
  EXPECT_EQ(stretches_.segments[0].voice_print.size(), 256U);
}

TEST_F(ListenToSegmentsTest, HowSureItHasToBeIsAnOption) {
  Listen({.max_overlap_log_odds = -100});
  EXPECT_THAT(Reasons(), testing::ElementsAre("no-face", "overlapping-voices", "no-face", "overlapping-voices"));
}

TEST_F(ListenToSegmentsTest, VoicesOverMusicGo) {
  for (std::size_t i = 6 * 16'000; i < samples_.size(); ++i) {
    double chord = 0;
    for (const double hz : {330.0, 440.0, 660.0, 880.0})
      chord += std::sin(2 * M_PI * hz * static_cast<double>(i) / 16'000);
    samples_[i] = static_cast<std::int16_t>(samples_[i] + 300 * chord);
  }
  Listen();
  EXPECT_THAT(Reasons(), testing::ElementsAre("no-face", "no-face", "music"));
}

TEST_F(ListenToSegmentsTest, IsTheSameOnAnyNumberOfThreads) {
  const HarvestedStretches before = stretches_;
  Listen({}, 1);
  const HarvestedStretches alone = std::exchange(stretches_, before);
  Listen({}, 4);
  for (std::size_t i = 0; i < alone.segments.size(); ++i) {
    EXPECT_EQ(stretches_.segments[i].voice_print, alone.segments[i].voice_print);
    EXPECT_EQ(stretches_.segments[i].snr_db, alone.segments[i].snr_db);
  }
}

}  // namespace
}  // namespace sezim
