// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/frame_decoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <set>

#include "sezim/base/error.h"
#include "support/clips.h"
#include "support/numbers_shown.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

namespace fs = std::filesystem;

TEST(FrameDecoder, GivesThePictureOfEveryTick) {
  const TemporaryFolder folder;
  FrameDecoder decoder(MakeNumberedVideo(folder, "x.mp4"));
  const std::vector<double> times = Ticks(0, 120);
  EXPECT_EQ(NumbersShown(decoder, times), NumbersAt(times));
}

TEST(FrameDecoder, GivesThePictureOfTheTimeNotTheNearest) {
  const TemporaryFolder folder;
  FrameDecoder decoder(MakeNumberedVideo(folder, "x.mp4"));
  EXPECT_EQ(NumbersShown(decoder, {0, 0.039, 0.0401, 0.0795, 0.08, 5.999, 6, 11.9, 11.959, 11.961, 11.999}),
            (std::vector{0, 0, 1, 1, 2, 149, 150, 297, 298, 299, 299}));
}

TEST(FrameDecoder, TimesAtTheEdgeOfATimestampsToleranceAreOneOfBothPictures) {
  const TemporaryFolder folder;
  std::vector<std::string> options = H264();
  options.insert(options.end(),
                 {"-vf", "setpts=N*1001/30000/TB", "-r", "30000/1001", "-video_track_timescale", "30000"});
  FrameDecoder decoder(MakeNumberedVideo(folder, "x.mp4", options));
  const std::vector<double> times = Ticks(0, 100);  // picture 3 is shown at 0.1001 s
  const std::vector<int> numbers = NumbersShown(decoder, times);
  for (std::size_t i = 0; i < times.size(); ++i) {
    EXPECT_NEAR(numbers[i], std::floor(times[i] * 30'000 / 1001), 1) << times[i];
  }
}

TEST(FrameDecoder, TheSameTimeMayBeAskedTwice) {
  const TemporaryFolder folder;
  FrameDecoder decoder(MakeNumberedVideo(folder, "x.mp4"));
  EXPECT_EQ(NumbersShown(decoder, {1, 1, 1.01, 2, 2}), (std::vector{25, 25, 25, 50, 50}));
  EXPECT_TRUE(NumbersShown(decoder, {}).empty());
}

TEST(FrameDecoder, ThereIsNoneBeforeTheStartNorBehindTheEnd) {
  const TemporaryFolder folder;
  FrameDecoder decoder(MakeNumberedVideo(folder, "x.mp4"));
  EXPECT_EQ(NumbersShown(decoder, {-1, -0.04, 0, 11.99, 12.0, 12.1, 13, 1000}),
            (std::vector{-1, -1, 0, 299, -1, -1, -1, -1}));
  EXPECT_EQ(NumbersShown(decoder, {500, 501}), (std::vector{-1, -1}));
  EXPECT_EQ(NumbersShown(decoder, {3}), (std::vector{75}));  // and it is still of use
}

// 0.8 s and 0.4 s, far apart.
std::vector<double> TwoStretches() {
  std::vector<double> times = Ticks(31, 39);
  const std::vector<double> later = Ticks(105, 109);
  times.insert(times.end(), later.begin(), later.end());
  return times;
}

class FrameDecoderIndex : public testing::TestWithParam<const char*> {};

TEST_P(FrameDecoderIndex, PassesOverStretchesNobodyWantsBySeeking) {
  const TemporaryFolder folder;
  FrameDecoder decoder(MakeNumberedVideo(folder, GetParam()));
  const std::vector<double> times = TwoStretches();
  EXPECT_EQ(NumbersShown(decoder, times), NumbersAt(times));
  EXPECT_GE(decoder.counts().num_seeks, 2);
  // Each stretch needs what lies between it and the key picture of its second,
  // and up to 20 pictures are read ahead.
  EXPECT_LE(decoder.counts().num_packets, 150);
  EXPECT_LE(decoder.counts().num_decoded, 80);
}

INSTANTIATE_TEST_SUITE_P(Containers, FrameDecoderIndex, testing::Values("x.mp4", "x.mov", "x.mkv"));

TEST(FrameDecoder, PassesOverStretchesInAviWithBPicturesToo) {
  const TemporaryFolder folder;
  FrameDecoder decoder(MakeNumberedVideo(folder, "x.avi"));
  const std::vector<double> times = TwoStretches();
  const std::vector<int> numbers = NumbersShown(decoder, times);
  const std::vector<int> wanted = NumbersAt(times);
  for (std::size_t i = 0; i < times.size(); ++i) EXPECT_NEAR(numbers[i], wanted[i], 2);  // it has no times of showing
  EXPECT_LE(decoder.counts().num_seeks, 3);
  EXPECT_LE(decoder.counts().num_packets, 150);
  EXPECT_LE(decoder.counts().num_decoded, 110);  // all from the key picture on
}

TEST(FrameDecoder, PassesOverShortStretchesInMatroskaFromTheStartOn) {
  const TemporaryFolder folder;
  std::vector<std::string> options = H264();
  options.insert(options.end(), {"-force_key_frames", "0.2"});  // FFmpeg reads as far to learn what the streams hold
  FrameDecoder decoder(MakeNumberedVideo(folder, "x.mkv", options));
  EXPECT_EQ(NumbersShown(decoder, {0, 6, 11}), (std::vector{0, 150, 275}));
  EXPECT_EQ(decoder.counts().num_seeks, 3);
  EXPECT_LE(decoder.counts().num_decoded, 100);
}

// The numbered pictures so many times over, in a container without an index.
fs::path MakeLongVideoWithoutIndex(const TemporaryFolder& folder, int times, const std::vector<std::string>& options) {
  const fs::path once = MakeNumberedVideo(folder, "once.mp4", options);
  fs::path path = folder / "x.flv";
  RunFfmpeg({"-stream_loop", std::to_string(times - 1), "-i", once, "-c", "copy", path});
  return path;
}

TEST(FrameDecoder, PassesOverLongStretchesWithoutAnIndexToo) {
  const TemporaryFolder folder;
  FrameDecoder decoder(MakeLongVideoWithoutIndex(folder, 5, H264()));
  EXPECT_EQ(NumbersShown(decoder, {0, 1, 35, 55}), (std::vector{0, 25, 275, 175}));
  EXPECT_EQ(decoder.counts().num_seeks, 2);
  EXPECT_LE(decoder.counts().num_decoded, 150);
}

TEST(FrameDecoder, SeeksLessWhereItIsInVain) {
  const TemporaryFolder folder;
  std::vector<std::string> options = H264();
  *(std::find(options.begin(), options.end(), "-g") + 1) = "100000";  // a key picture each 12 s
  FrameDecoder decoder(MakeLongVideoWithoutIndex(folder, 10, options));
  std::vector<double> times;
  for (int i = 0; i < 10; ++i)
    times.insert(times.end(), {12.0 * i + 0.5, 12.0 * i + 11});  // 10.5 s apart, in one group
  std::vector<int> wanted;
  for (int i = 0; i < 10; ++i) wanted.insert(wanted.end(), {12, 275});
  EXPECT_EQ(NumbersShown(decoder, times), wanted);
  EXPECT_LE(decoder.counts().num_decoded, 3000 + 300);  // once all, and one group again
}

TEST(FrameDecoder, DoesNotDecodePicturesThatNobodyWantsOrRefersTo) {
  const TemporaryFolder folder;
  FrameDecoder decoder(MakeNumberedVideo(folder, "x.mp4",
                                         {"-c:v", "libx264", "-crf", "10", "-g", "250", "-bf", "3", "-b_strategy", "0",
                                          "-threads", "1", "-x264-params", "b-pyramid=none:scenecut=0"}));
  const std::vector<double> times = Ticks(0, 120);
  EXPECT_EQ(NumbersShown(decoder, times), NumbersAt(times));
  // One picture in four is referred to; of the others those of a tick are decoded, two in five: 165, and a
  // few at the end.
  EXPECT_LE(decoder.counts().num_decoded, 170);
}

TEST(FrameDecoder, AnswersDoNotDependOnWhatElseIsAsked) {
  const TemporaryFolder folder;
  const fs::path file = MakeNumberedVideo(folder, "x.mp4");
  FrameDecoder one(file);
  std::mt19937 random(7);
  std::uniform_real_distribution<double> anywhere(-0.5, 12.5);
  for (int round = 0; round < 60; ++round) {
    std::vector<double> times;
    double from = anywhere(random);  // a call may begin in front of where the one before ended, or behind
    for (std::size_t n = random() % 30; n > 0; --n) {
      times.push_back(from);
      from += random() % 4 == 0 ? anywhere(random) / 4 + 0.2 : 0.01 * static_cast<double>(random() % 30);
    }
    EXPECT_EQ(NumbersShown(one, times), NumbersAt(times)) << "round " << round;
  }
}

TEST(FrameDecoder, CallsThatFollowEachOtherCloselyMissNothing) {
  const TemporaryFolder folder;
  const fs::path file = MakeNumberedVideo(folder, "x.mp4");
  for (const double step_s : {0.04, 0.1, 0.3}) {
    FrameDecoder decoder(file);
    for (double time = 0.02; time < 12; time += step_s) {
      EXPECT_EQ(NumbersShown(decoder, {time}), NumbersAt({time})) << "at " << time << " s, step " << step_s;
    }
    EXPECT_TRUE(decoder.counts().num_seeks == 0 || step_s > 0.2);  // they go on where the one before stopped
  }
}

TEST(FrameDecoder, ACallThatWasBrokenOffSpoilsNothing) {
  const TemporaryFolder folder;
  const fs::path file = MakeNumberedVideo(folder, "x.mp4");
  std::vector<double> times;  // in the middle of every picture of 4 s
  for (int n = 25; n < 125; ++n) times.push_back(0.04 * n + 0.02);
  for (const std::size_t last : {0U, 1U, 7U, 40U}) {
    FrameDecoder decoder(file);
    const auto break_off = [&](std::size_t index, const GreyView*) {
      if (index == last) throw std::bad_alloc();
    };
    EXPECT_THROW(decoder.Decode(times, break_off), std::bad_alloc);
    const std::vector<double> rest(times.begin() + static_cast<std::ptrdiff_t>(last), times.end());
    EXPECT_EQ(NumbersShown(decoder, rest), NumbersAt(rest));
  }
}

// Three B-pictures in a row, of which, with `pyramid`, the others depend on the middle one.
std::vector<std::string> ThreeBPictures(const std::string& pyramid) {
  return {"-c:v", "libx264", "-crf",     "10", "-g",           "1000",
          "-bf",  "3",       "-threads", "1",  "-x264-params", "scenecut=0:b-adapt=0:b-pyramid=" + pyramid};
}

TEST(FrameDecoder, EnoughPicturesLieATenthOfASecondApartAtMost) {
  for (const char* pyramid : {"none", "normal"}) {
    const TemporaryFolder folder;
    FrameDecoder decoder(MakeNumberedVideo(folder, "x.mp4", ThreeBPictures(pyramid)), {}, PictureChoice::kEnough);
    std::vector<double> times;
    std::vector<int> every_second;
    for (int n = 0; n < 296; ++n) {
      times.push_back(0.04 * n + 0.01);
      every_second.push_back(n - n % 2);
    }
    EXPECT_EQ(NumbersShown(decoder, times), every_second) << pyramid;
    EXPECT_LE(decoder.counts().num_decoded, 155) << pyramid;
    EXPECT_EQ(NumbersShown(decoder, {11.97, 11.99, 12.01}), (std::vector{299, 299, -1})) << pyramid;  // at the end too
  }
}

TEST(FrameDecoder, EnoughPicturesAreAllWhereNoneIsLeftOut) {
  const TemporaryFolder folder;
  const fs::path file = MakeNumberedVideo(folder, "x.mp4", {"-c:v", "libx264", "-crf", "10", "-bf", "0"});
  FrameDecoder decoder(file, {}, PictureChoice::kEnough);
  std::vector<double> times;
  for (int n = 0; n < 300; ++n) times.push_back(0.04 * n + 0.01);
  EXPECT_EQ(NumbersShown(decoder, times), NumbersAt(times));
}

// Some of them are not deblocked.
TEST(FrameDecoder, EnoughPicturesAreNearlyAsAPlayerShowsThem) {
  const TemporaryFolder folder;
  const fs::path clip = folder / "x.mp4";
  RunFfmpeg({"-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=2", "-c:v", "libx264", "-crf", "38", "-g",
             "50", "-bf", "2", "-b_strategy", "0", "-x264-params", "b-pyramid=none", clip});
  std::vector<double> times;
  for (int i = 0; i < 48; ++i) times.push_back(0.04 * i + 0.01);
  std::vector<double> shown_since_s;
  const auto pictures = [&](PictureChoice choice) {
    std::vector<std::vector<std::uint8_t>> all;
    FrameDecoder decoder(clip, {}, choice);
    decoder.Decode(times, [&](std::size_t, const GreyView* picture) {
      all.push_back(Rotated(*picture, Rotation::kNone).pixels);
      shown_since_s.push_back(decoder.shown_since_s());
    });
    return all;
  };
  const auto enough = pictures(PictureChoice::kEnough);
  times = shown_since_s;
  const auto exact = pictures(PictureChoice::kAll);
  ASSERT_EQ(exact.size(), enough.size());
  std::set<double> same, not_deblocked;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    (exact[i] == enough[i] ? same : not_deblocked).insert(times[i]);
    double difference = 0;
    for (std::size_t k = 0; k < exact[i].size(); ++k) difference += std::abs(exact[i][k] - enough[i][k]);
    EXPECT_LT(difference / static_cast<double>(exact[i].size()), 3) << i;  // it does not grow either
  }
  EXPECT_GE(same.size(), 14U);  // every third, and of each pair between two of them one
  EXPECT_GE(not_deblocked.size(), 8U);
  EXPECT_LE(same.size() + not_deblocked.size(), 34U);
}

TEST(FrameDecoder, RequiresAscendingTimes) {
  const TemporaryFolder folder;
  FrameDecoder decoder(MakeNumberedVideo(folder, "x.mp4"));
  EXPECT_THROW(NumbersShown(decoder, {2, 1}), ContractViolation);
}

TEST(FrameDecoder, StopsWhenAsked) {
  const TemporaryFolder folder;
  FrameDecoder decoder(MakeNumberedVideo(folder, "x.mp4"));
  std::stop_source stop;
  int num_seen = 0;
  const Error error = ThrownBy([&] {
    decoder.Decode(
        Ticks(0, 120),
        [&](std::size_t, const GreyView*) {
          if (++num_seen == 5) stop.request_stop();
        },
        stop.get_token());
  });
  EXPECT_EQ(error.kind(), ErrorKind::kInterrupted);
  EXPECT_LT(num_seen, 30);
  EXPECT_EQ(NumbersShown(decoder, {4, 8}), (std::vector{100, 200}));  // and it is still of use
}

TEST(FrameDecoder, PicturesOutsideTheLimitsAreNotHandedOn) {
  const TemporaryFolder folder;
  const fs::path file = MakeNumberedVideo(folder, "x.mp4");
  FrameDecoder wide(file, {.max_side_px = 63});
  EXPECT_EQ(NumbersShown(wide, {0, 1}), (std::vector{-1, -1}));
  FrameDecoder low(file, {.min_side_px = 49});
  EXPECT_EQ(NumbersShown(low, {0, 1}), (std::vector{-1, -1}));
  FrameDecoder exact(file, {.min_side_px = 48, .max_side_px = 64});
  EXPECT_EQ(NumbersShown(exact, {0, 1}), (std::vector{0, 25}));
}

TEST(FrameDecoder, RefusesAFileWithoutPicture) {
  const TemporaryFolder folder;
  const fs::path file = MakeWav(folder, "x.wav", Tone(200, 1));
  EXPECT_EQ(ThrownBy([&] { FrameDecoder decoder(file); }).kind(), ErrorKind::kBadInput);
}

}  // namespace
}  // namespace sezim
