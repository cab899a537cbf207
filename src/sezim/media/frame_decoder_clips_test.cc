// SPDX-License-Identifier: Apache-2.0
// FrameDecoder on containers, codecs and clocks of all kinds.
#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "sezim/media/frame_decoder.h"
#include "support/clips.h"
#include "support/numbers_shown.h"
#include "support/temporary_folder.h"

namespace sezim {
namespace {

namespace fs = std::filesystem;

struct Container {
  const char* name;
  std::string file;
  std::vector<std::string> options;
  double start_s = 0;
};

void PrintTo(const Container& container, std::ostream* out) {
  *out << container.name;
}

class FrameDecoderContainers : public testing::TestWithParam<Container> {};

TEST_P(FrameDecoderContainers, GivesTheSamePicturesHoweverTheyAreAskedFor) {
  const TemporaryFolder folder;
  const fs::path file = MakeNumberedVideo(folder, GetParam().file, GetParam().options);
  const std::vector<double> all = Ticks(0, 120);
  FrameDecoder decoder(file);
  const double start_s = GetParam().start_s;
  EXPECT_EQ(NumbersShown(decoder, {500}), std::vector{-1});  // and it is still of use
  EXPECT_THAT(NumbersShown(decoder, all), testing::ElementsAreArray(NumbersAt(all, start_s)));
  std::mt19937 random(11);
  for (int round = 0; round < 12; ++round) {
    std::vector<double> some;
    for (std::size_t from = random() % 60; from < all.size(); from += 1 + (random() % 3) * (random() % 30)) {
      some.push_back(all[from]);
    }
    EXPECT_EQ(NumbersShown(decoder, some), NumbersAt(some, start_s)) << "round " << round;
    FrameDecoder fresh(file);
    EXPECT_EQ(NumbersShown(fresh, some), NumbersAt(some, start_s)) << "round " << round;
  }
}

TEST_P(FrameDecoderContainers, EnoughPicturesAreTheSameHoweverTheyAreAskedFor) {
  const TemporaryFolder folder;
  const fs::path file = MakeNumberedVideo(folder, GetParam().file, GetParam().options);
  std::vector<double> all;
  for (int n = 0; n < 305; ++n) all.push_back(0.04 * n + 0.013);
  FrameDecoder decoder(file, {}, PictureChoice::kEnough);
  const std::vector<int> shown = NumbersShown(decoder, all);
  FrameDecoder every_picture(file);
  const std::vector<int> exact = NumbersShown(every_picture, all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(shown[i] < 0, exact[i] < 0) << all[i];
    EXPECT_LE(shown[i], exact[i]) << all[i];
    EXPECT_GE(shown[i], exact[i] - 2) << all[i];  // those of a tenth of a second
  }
  for (std::size_t i = 3; i < all.size(); i += 4) {  // the last before every key picture among them
    FrameDecoder fresh(file, {}, PictureChoice::kEnough);
    EXPECT_EQ(NumbersShown(fresh, {all[i]}), std::vector{shown[i]}) << all[i];
  }
  std::mt19937 random(12);
  for (int round = 0; round < 12; ++round) {
    std::vector<double> some;
    std::vector<int> expected;
    for (std::size_t from = random() % 150; from < all.size(); from += 1 + (random() % 3) * (random() % 70)) {
      some.push_back(all[from]);
      expected.push_back(shown[from]);
    }
    EXPECT_EQ(NumbersShown(decoder, some), expected) << "round " << round;
    FrameDecoder fresh(file, {}, PictureChoice::kEnough);
    EXPECT_EQ(NumbersShown(fresh, some), expected) << "round " << round;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, FrameDecoderContainers,
    testing::Values(
        Container{"H264Mp4", "x.mp4", H264()}, Container{"H264Matroska", "x.mkv", H264()},
        Container{"H264TransportStream", "x.ts", H264()}, Container{"H264Flv", "x.flv", H264()},
        Container{"H264FragmentedMp4",
                  "x.mp4",
                  {"-c:v", "libx264", "-crf", "10", "-g", "25", "-movflags", "frag_keyframe+empty_moov"}},
        Container{"H264OpenGop",
                  "x.mp4",
                  {"-c:v", "libx264", "-crf", "10", "-g", "25", "-bf", "3", "-x264-params", "open-gop=1"}},
        Container{"H264OneKeyPicture", "x.mkv", {"-c:v", "libx264", "-crf", "10", "-g", "1000"}},
        Container{"HevcMp4",
                  "x.mp4",
                  {"-c:v", "libx265", "-crf", "8", "-preset", "ultrafast", "-x265-params",
                   "log-level=none:keyint=25:bframes=4:b-pyramid=1:pools=1"}},
        // Each key picture is followed by pictures that are shown before it.
        Container{
            "HevcLeadingPictures",
            "x.mp4",
            {"-c:v", "libx265", "-crf", "8", "-preset", "ultrafast", "-x265-params",
             "log-level=none:keyint=48:min-keyint=48:bframes=7:b-adapt=0:b-pyramid=1:open-gop=0:radl=7:rc-lookahead=20:"
             "pools=1"}},
        Container{"Mpeg4Avi", "x.avi", {"-c:v", "mpeg4", "-q:v", "2", "-g", "25"}},
        // AVI has decoding times only, the first of which is 0; the first picture is shown one later.
        Container{"Mpeg4AviWithBPictures", "x.avi", {"-c:v", "mpeg4", "-q:v", "2", "-g", "25", "-bf", "2"}, 0.04},
        // Large and noisy, so that few pictures share a packet: the others get no timestamp of their own.
        Container{"Mpeg2ProgramStream",
                  "x.mpg",
                  {"-c:v", "mpeg2video", "-q:v", "2", "-g", "15", "-bf", "2", "-vf",
                   "scale=320:240:flags=neighbor,noise=alls=12:allf=t"}},
        Container{"Mpeg2ProgramStreamSmall",
                  "x.mpg",
                  {"-c:v", "mpeg2video", "-q:v", "3", "-g", "15", "-bf", "2", "-vf",
                   "scale=128:96:flags=neighbor,noise=alls=6:allf=t"}},
        Container{"Mpeg2TransportStream", "x.ts", {"-c:v", "mpeg2video", "-q:v", "2", "-g", "15", "-bf", "2"}},
        Container{"Vp9Webm",
                  "x.webm",
                  {"-c:v", "libvpx-vp9", "-crf", "8", "-b:v", "0", "-g", "25", "-speed", "8", "-deadline", "realtime"}},
        Container{"Ffv1Matroska", "x.mkv", {"-c:v", "ffv1"}},
        Container{"MjpegMov",
                  "x.mov",
                  {"-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "2", "-vf", "scale=in_range=full:out_range=full"}}),
    [](const auto& container) { return std::string(container.param.name); });

// Makes a video whose timestamps are set by a filter expression, and on demand drops some pictures.
fs::path MakeRetimed(const TemporaryFolder& folder, const std::string& name, const std::string& filter) {
  std::vector<std::string> options = H264();
  options.insert(options.end(), {"-vf", filter, "-fps_mode", "passthrough", "-enc_time_base", "1:1000"});
  return MakeNumberedVideo(folder, name, options);
}

TEST(FrameDecoderClocks, AHoleHasNoPictureAfterItsFirstSecond) {
  for (const char* name : {"x.mkv", "x.mp4"}) {
    const TemporaryFolder folder;
    FrameDecoder decoder(MakeRetimed(folder, name, "select='not(between(n,100,199))'"));  // 4 s to 8 s
    EXPECT_EQ(NumbersShown(decoder, {3.9, 3.96, 4.5, 4.95, 4.97, 6, 7.99, 8, 8.04}),
              (std::vector{97, 99, 99, 99, -1, -1, -1, 200, 201}))
        << name;
    EXPECT_EQ(NumbersShown(decoder, {4.9}), (std::vector{99}));  // whether or not one came by from the front
    EXPECT_EQ(NumbersShown(decoder, {7}), (std::vector{-1}));
  }
}

TEST(FrameDecoderClocks, VariableFrameRate) {
  for (const char* name : {"x.mkv", "x.mp4"}) {
    const TemporaryFolder folder;
    // 50 a second, then from 2 s on 5 a second.
    FrameDecoder decoder(MakeRetimed(folder, name, "settb=1/1000,setpts='if(lt(N,100),N*0.02,2+(N-100)*0.2)/TB'"));
    std::vector<int> expected;
    const std::vector<double> times = Ticks(0, 400);
    for (int tick = 0; tick < 400; ++tick) expected.push_back(tick < 20 ? tick * 5 : 100 + (tick - 20) / 2);
    EXPECT_EQ(NumbersShown(decoder, times), expected) << name;
    EXPECT_EQ(NumbersShown(decoder, {0.51, 1.999, 2.19, 30.1}), (std::vector{25, 99, 100, 240})) << name;
  }
}

// MP2 and PCM start where they say; AAC would put its silent first packet in front.
fs::path MakeLate(const TemporaryFolder& folder, const std::string& name, bool picture_is_late) {
  const fs::path wav = MakeWav(folder, "x.wav", Tone(200, 12, 48'000), 48'000);
  const fs::path video = MakeNumberedVideo(folder, "in.mp4");
  std::vector<std::string> arguments = {"-i", video, "-itsoffset", "0.7", "-i", wav};
  if (picture_is_late) arguments = {"-itsoffset", "0.7", "-i", video, "-i", wav};
  arguments.insert(arguments.end(), {"-c:v", "copy", "-c:a", name == "x.mkv" ? "pcm_s16le" : "mp2", folder / name});
  RunFfmpeg(arguments);
  return folder / name;
}

TEST(FrameDecoderClocks, TheClockIsThatOfTheFirstStream) {
  for (const char* name : {"x.mp4", "x.mkv", "x.ts"}) {
    const TemporaryFolder folder;
    // In the middles of pictures: MP2's first packet begins 11 ms early.
    const std::vector<double> times = {0.02, 0.3, 0.62, 1.54, 3.38, 9.06, 11.94};
    FrameDecoder sound_late(MakeLate(folder, name, false));
    EXPECT_EQ(NumbersShown(sound_late, times), NumbersAt(times)) << name;
    const std::vector<double> later = {0.1, 0.68, 0.725, 1.525, 3.365, 9.045, 12.645, 12.8};
    FrameDecoder picture_late(MakeLate(folder, name, true));
    EXPECT_EQ(NumbersShown(picture_late, later), NumbersAt(later, 0.7)) << name;
    EXPECT_EQ(NumbersShown(picture_late, {0.3, 0.725}), (std::vector{-1, 0})) << name;  // back to before the first
  }
}

TEST(FrameDecoderClocks, AnEditListCutsTheFront) {
  const TemporaryFolder folder;
  const fs::path whole = MakeNumberedVideo(folder, "in.mp4");
  RunFfmpeg({"-ss", "1.4", "-i", whole, "-c", "copy", folder / "cut.mp4"});  // between two key pictures
  FrameDecoder decoder(folder / "cut.mp4");
  const std::vector<double> times = Ticks(0, 106);
  EXPECT_EQ(NumbersShown(decoder, times), NumbersAt(times, 0, 35));
  const std::vector<double> some = {0.1, 5.5, 9};
  EXPECT_EQ(NumbersShown(decoder, some), NumbersAt(some, 0, 35));
  EXPECT_EQ(NumbersShown(decoder, {0.1}), NumbersAt({0.1}, 0, 35));
}

TEST(FrameDecoderClocks, EnoughPicturesOfACutFrontBeginWithTheFirst) {
  const TemporaryFolder folder;
  const fs::path whole = MakeNumberedVideo(folder, "in.mp4",
                                           {"-c:v", "libx264", "-crf", "10", "-g", "25", "-bf", "2", "-threads", "1",
                                            "-x264-params", "b-adapt=0:b-pyramid=none"});
  for (int from = 26; from < 38; ++from) {
    const fs::path cut = folder / "cut.mp4";
    RunFfmpeg({"-y", "-ss", std::to_string(0.04 * from), "-i", whole, "-c", "copy", cut});
    FrameDecoder exact(cut), enough(cut, {}, PictureChoice::kEnough);
    std::vector<double> times;
    for (int n = 0; n < 40; ++n) times.push_back(0.04 * n + 0.013);
    const std::vector<int> all = NumbersShown(exact, times), few = NumbersShown(enough, times);
    ASSERT_GE(all.front(), 0);
    for (std::size_t i = 0; i < times.size(); ++i) {
      EXPECT_LE(few[i], all[i]) << from << ", " << times[i];
      EXPECT_GE(few[i], std::max(all.front(), all[i] - 2)) << from << ", " << times[i];
    }
  }
}

}  // namespace
}  // namespace sezim
