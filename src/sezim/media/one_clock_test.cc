// SPDX-License-Identifier: Apache-2.0
// Sound and picture on one clock: a clip turns from grey to white when its tone begins, and both decoders
// must tell the same moment whatever the container does with time.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "sezim/media/audio_decoder.h"
#include "sezim/media/frame_decoder.h"
#include "support/clips.h"
#include "support/temporary_folder.h"

namespace sezim {
namespace {

namespace fs = std::filesystem;

constexpr double kFrameS = 0.04;
constexpr double kEventS = 4.0;  // in the clip before it is changed

double WhenHeard(const fs::path& file) {
  const std::vector<std::int16_t> samples = Decoded(file);
  const auto onset = std::find_if(samples.begin(), samples.end(), [](std::int16_t s) { return std::abs(s) > 3000; });
  return onset == samples.end() ? -1 : static_cast<double>(onset - samples.begin()) / kSampleRateHz;
}

double WhenSeen(const fs::path& file) {
  std::vector<double> times;
  for (int ms = 0; ms < 12'000; ms += 5) times.push_back(ms / 1000.0);
  double seen_s = -1;
  FrameDecoder decoder(file);
  decoder.Decode(times, [&](std::size_t index, const GreyView* picture) {
    if (picture != nullptr && picture->data[0] > 200 && seen_s < 0) seen_s = times[index];
  });
  return seen_s;
}

// 8 s with the event after 4 s.
fs::path MakeClip(const TemporaryFolder& folder) {
  const fs::path file = folder / "clip.mp4";
  RunFfmpeg({"-f",
             "lavfi",
             "-i",
             "color=gray:size=64x64:rate=25:duration=4",
             "-f",
             "lavfi",
             "-i",
             "color=white:size=64x64:rate=25:duration=4",
             "-f",
             "lavfi",
             "-i",
             "aevalsrc='gte(t,4)*0.5*sin(2*PI*1000*t)':s=48000:d=8",
             "-filter_complex",
             "[0][1]concat",
             "-c:v",
             "libx264",
             "-preset",
             "veryfast",
             "-g",
             "25",
             "-bf",
             "2",
             "-pix_fmt",
             "yuv420p",
             "-c:a",
             "aac",
             file});
  return file;
}

void ExpectEvent(const fs::path& file, double at_s) {
  EXPECT_NEAR(WhenSeen(file), at_s, kFrameS) << file;
  EXPECT_NEAR(WhenHeard(file), at_s, 0.03) << file;
}

TEST(OneClock, AsItIs) {
  const TemporaryFolder folder;
  ExpectEvent(MakeClip(folder), kEventS);
}

TEST(OneClock, SoundStartsLate) {
  const TemporaryFolder folder;
  const fs::path clip = MakeClip(folder);
  for (const char* name : {"late.mp4", "late.mkv"}) {
    RunFfmpeg({"-i", clip, "-itsoffset", "0.7", "-i", clip, "-map", "0:v", "-map", "1:a", "-c", "copy", folder / name});
    EXPECT_NEAR(WhenSeen(folder / name), kEventS, kFrameS) << name;
    EXPECT_NEAR(WhenHeard(folder / name), kEventS + 0.7, 0.03) << name;
  }
}

TEST(OneClock, AnEditListCutsTheFront) {
  const TemporaryFolder folder;
  RunFfmpeg({"-ss", "1.4", "-i", MakeClip(folder), "-c", "copy", folder / "cut.mp4"});
  ExpectEvent(folder / "cut.mp4", kEventS - 1.4);
}

TEST(OneClock, TimestampsStartAnywhere) {
  const TemporaryFolder folder;
  const fs::path clip = MakeClip(folder);
  for (const char* name : {"x.ts", "x.mkv", "x.mpg"}) {
    std::vector<std::string> arguments = {"-i",    clip,         "-c:v", "copy", "-c:a", "copy", "-output_ts_offset",
                                          "12345", folder / name};
    if (std::string_view(name) == "x.mpg") arguments[3] = "mpeg2video", arguments[5] = "mp2";
    RunFfmpeg(arguments);
    ExpectEvent(folder / name, kEventS);
  }
}

TEST(OneClock, VariableFrameRate) {
  const TemporaryFolder folder;
  RunFfmpeg({"-i", MakeClip(folder), "-vf", "select='lt(t,2)+not(mod(n,3))'", "-fps_mode", "passthrough", "-c:v",
             "libx264", "-c:a", "copy", folder / "vfr.mp4"});
  EXPECT_NEAR(WhenSeen(folder / "vfr.mp4"), kEventS, 3 * kFrameS);
  EXPECT_GE(WhenSeen(folder / "vfr.mp4"), kEventS - 1e-9);  // the picture before stands until the next one
  EXPECT_NEAR(WhenHeard(folder / "vfr.mp4"), kEventS, 0.03);
}

}  // namespace
}  // namespace sezim
