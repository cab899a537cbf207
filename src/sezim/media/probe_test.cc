// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/probe.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "sezim/base/error.h"
#include "support/clips.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

TEST(Probe, TellsWhatAFileHolds) {
  const TemporaryFolder folder;
  RunFfmpeg({"-f", "lavfi", "-i", "testsrc=size=320x180:rate=30:duration=2", "-f", "lavfi", "-itsoffset", "0.5", "-i",
             "sine=sample_rate=44100:duration=1.5", "-ac", "2", "-c:v", "libx264", "-c:a", "aac", folder / "x.mp4"});
  const MediaInfo info = Probe(folder / "x.mp4");
  EXPECT_THAT(info.container, HasSubstr("mp4"));
  EXPECT_NEAR(info.duration_s.value_or(0), 2, 0.1);
  EXPECT_TRUE(info.duration_is_declared);
  ASSERT_TRUE(info.video);
  EXPECT_EQ(info.video->codec, "h264");
  EXPECT_EQ(info.video->width, 320);
  EXPECT_EQ(info.video->height, 180);
  EXPECT_DOUBLE_EQ(info.video->frames_per_s, 30);
  EXPECT_NEAR(info.video->start_s, 0, 1e-6);
  ASSERT_TRUE(info.audio);
  EXPECT_EQ(info.audio->codec, "aac");
  EXPECT_EQ(info.audio->sample_rate_hz, 44'100);
  EXPECT_EQ(info.audio->num_channels, 2);
  EXPECT_NEAR(info.audio->start_s, 0.5, 0.05);
}

TEST(Probe, AnAviThatWasWrittenToAPipeTellsNoDuration) {
  const TemporaryFolder folder;
  RunFfmpeg({"-f", "lavfi", "-i", "testsrc=size=320x180:rate=30:duration=3", "-f", "lavfi", "-i", "sine=duration=3",
             "-c:v", "rawvideo", "-c:a", "pcm_s16le", "-seekable", "0", folder / "x.avi"});
  ASSERT_GT(std::filesystem::file_size(folder / "x.avi"), 10'000'000U);  // FFmpeg would make 42 h of it
  const MediaInfo info = Probe(folder / "x.avi");
  EXPECT_FALSE(info.duration_s);
  EXPECT_FALSE(info.duration_is_declared);
  RequireHarvestable(info, {}, folder / "x.avi");
}

TEST(Probe, ACoverPictureIsNoVideo) {
  const TemporaryFolder folder;
  RunFfmpeg({"-f", "lavfi", "-i", "color=size=64x64", "-frames:v", "1", folder / "cover.jpg"});
  RunFfmpeg({"-f", "lavfi", "-i", "sine=duration=1", "-i", folder / "cover.jpg", "-map", "0", "-map", "1", "-c:v",
             "copy", "-disposition:v", "attached_pic", "-c:a", "aac", folder / "x.m4a"});
  const MediaInfo info = Probe(folder / "x.m4a");
  EXPECT_TRUE(info.audio);
  EXPECT_FALSE(info.video);
}

TEST(Probe, TakesRareContainersToo) {
  const TemporaryFolder folder;
  const std::filesystem::path wav = MakeWav(folder, "x.wav", Tone(440, 1), 22'050);
  for (const char* name : {"x.swf", "x.gxf", "x.nut"}) {
    RunFfmpeg({"-f", "lavfi", "-i", "color=s=720x576:r=25:d=1", "-i", wav, "-c:v",
               name[2] == 's' ? "flv1" : "mpeg2video", "-c:a", name[2] == 's' ? "libmp3lame" : "pcm_s16le", "-ar",
               name[2] == 's' ? "22050" : "48000", folder / name});
    const MediaInfo info = Probe(folder / name);
    EXPECT_TRUE(info.audio && info.video) << name;
  }
}

TEST(Probe, SaysWhatAListIsTakenFor) {
  const TemporaryFolder folder;
  const Error error = ThrownBy([&] { Probe(folder.Write("list.mp4", "ffconcat version 1.0\nfile /etc/passwd\n")); });
  EXPECT_THAT(error.what(), HasSubstr("is of a kind that is not read (Virtual concatenation script, 'concat')"));
}

TEST(Probe, RefusesAHeaderThatAsksForTooMuch) {
  const TemporaryFolder folder;
  const std::string format = std::string("RIFF\xc6\x0c\0\0WAVEfmt ", 16) + std::string("\x10\xff\0\0\0\1\0\1", 8) +
                             std::string("\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10", 12) + std::string(300, '\0');
  const Error error = ThrownBy([&] { Probe(folder.Write("x.wav", format)); });
  EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
}

TEST(Probe, RefusesWhatIsNoMedia) {
  const TemporaryFolder folder;
  const std::vector<std::filesystem::path> bad = {
      folder.Write("empty.mp4", ""), folder.Write("text.mp4", "This is a text about videos.\n"),
      folder.Write("list.m3u8", "#EXTM3U\n#EXTINF:1,\n/etc/passwd\n#EXT-X-ENDLIST\n"),
      folder.Write("list.ffconcat", "ffconcat version 1.0\nfile /etc/passwd\n"),
      folder.Write("noise.mp4", std::string(5000, '\x47')),
      // FFmpeg takes these for sound by their names alone.
      folder.Write("empty.flac", ""), folder.Write("text.flac", "This is a text about sounds.\n")};
  for (const std::filesystem::path& file : bad) {
    const Error error = ThrownBy([&] { Probe(file); });
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << file;
    EXPECT_THAT(error.what(), HasSubstr(file.filename().native()));
    EXPECT_FALSE(error.remedy().empty());
  }
}

TEST(Probe, RefusesAHeaderThatIsCutOff) {
  const TemporaryFolder folder;
  const std::string whole = ContentOf(MakeNumberedVideo(folder, "x.mp4"));  // its index stands at its end
  for (const std::size_t length : {8U, 40U, 1000U}) {
    const auto file = folder.Write("cut.mp4", whole.substr(0, length));
    EXPECT_EQ(ThrownBy([&] { Probe(file); }).kind(), ErrorKind::kBadInput) << length;
  }
}

TEST(Probe, NeverWaitsForWhatIsNoFile) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "fifo.mp4").c_str(), 0600), 0);
  std::filesystem::create_symlink("nowhere", folder / "dangling.mp4");
  EXPECT_EQ(ThrownBy([&] { Probe(folder / "fifo.mp4"); }).kind(), ErrorKind::kBadInput);
  EXPECT_EQ(ThrownBy([&] { Probe(folder.path()); }).kind(), ErrorKind::kBadInput);
  EXPECT_EQ(ThrownBy([&] { Probe("/dev/zero"); }).kind(), ErrorKind::kBadInput);
  EXPECT_EQ(ThrownBy([&] { Probe(folder / "dangling.mp4"); }).kind(), ErrorKind::kNotFound);
}

MediaInfo Usual() {
  return {.container = "mp4",
          .duration_s = 60,
          .audio = AudioInfo{.codec = "aac", .sample_rate_hz = 44'100, .num_channels = 2},
          .video = VideoInfo{.codec = "h264", .width = 640, .height = 360, .frames_per_s = 25}};
}

std::string WhyNot(const MediaInfo& info, const MediaLimits& limits = {}) {
  const Error error = ThrownBy([&] { RequireHarvestable(info, limits, "the clip.mp4"); });
  EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
  EXPECT_FALSE(error.remedy().empty());
  EXPECT_THAT(error.what(), HasSubstr("the clip.mp4"));
  return error.what();
}

TEST(RequireHarvestable, AcceptsUsualMediaAndUnknownLengths) {
  EXPECT_NO_THROW(RequireHarvestable(Usual(), {}, "x"));
  MediaInfo info = Usual();
  info.duration_s.reset();
  EXPECT_NO_THROW(RequireHarvestable(info, {}, "x"));
}

TEST(RequireHarvestable, SaysWhatIsMissing) {
  MediaInfo info = Usual();
  info.video.reset();
  EXPECT_THAT(WhyNot(info), HasSubstr("no picture"));
  info.audio.reset();
  EXPECT_THAT(WhyNot(info), HasSubstr("neither sound nor moving pictures"));
  info.video = Usual().video;
  EXPECT_THAT(WhyNot(info), HasSubstr("no sound"));
}

TEST(RequireHarvestable, SaysWhichLimitIsBroken) {
  const auto with = [](auto&& change) {
    MediaInfo info = Usual();
    change(info);
    return WhyNot(info);
  };
  EXPECT_THAT(with([](MediaInfo& info) { info.video->width = 1; }), HasSubstr("1x360 pixels"));
  EXPECT_THAT(with([](MediaInfo& info) { info.video->height = 16'384; }), HasSubstr("640x16384 pixels"));
  EXPECT_THAT(with([](MediaInfo& info) { info.audio->sample_rate_hz = 10; }), HasSubstr("10 Hz"));
  EXPECT_THAT(with([](MediaInfo& info) { info.audio->sample_rate_hz = 1'000'000; }), HasSubstr("1000000 Hz"));
  EXPECT_THAT(with([](MediaInfo& info) { info.audio->num_channels = 0; }), HasSubstr("0 channels"));
  EXPECT_THAT(with([](MediaInfo& info) { info.audio->num_channels = 65; }), HasSubstr("65 channels"));
  EXPECT_THAT(with([](MediaInfo& info) { info.duration_s = 1e9; }), HasSubstr("1000000000 s"));
}

TEST(MediaLimits, NamesAllThatMakeNoSense) {
  const MediaLimits bad{.max_duration_s = 0,
                        .min_side_px = 0,
                        .max_side_px = -1,
                        .max_sample_rate_hz = 0,
                        .max_channels = 0,
                        .max_gap_s = -1};
  const Error error = ThrownBy([&] { bad.Check(); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  for (const char* option :
       {"max_duration_s", "min_side_px", "max_side_px", "max_sample_rate_hz", "max_channels", "max_gap_s"}) {
    EXPECT_THAT(error.what(), HasSubstr(option));
  }
}

}  // namespace
}  // namespace sezim
