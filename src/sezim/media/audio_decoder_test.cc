// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/audio_decoder.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <regex>

#include "sezim/base/error.h"
#include "support/clips.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

namespace fs = std::filesystem;
using Samples = std::vector<std::int16_t>;

// Samples that say their place: no two stretches of some samples are alike.
Samples Counting(std::size_t count) {
  Samples samples(count);
  for (std::size_t i = 0; i < count; ++i) samples[i] = static_cast<std::int16_t>(1 + (i * 7919) % 32'000);
  return samples;
}

Samples Part(const Samples& samples, std::size_t from, std::size_t to) {
  return {samples.begin() + static_cast<std::ptrdiff_t>(from), samples.begin() + static_cast<std::ptrdiff_t>(to)};
}

Samples operator+(Samples front, const Samples& back) {
  front.insert(front.end(), back.begin(), back.end());
  return front;
}

// `samples` in packets of 0.1 s in Matroska, whose timestamps are changed by a filter expression.
fs::path MakeRetimed(const TemporaryFolder& folder, const Samples& samples, const std::string& expression) {
  const fs::path wav = MakeWav(folder, "in.wav", samples);
  RunFfmpeg({"-i", wav, "-af", "asetnsamples=n=1600:p=0,asetpts='" + expression + "'", "-c:a", "pcm_s16le",
             folder / "x.mkv"});
  return folder / "x.mkv";
}

TEST(AudioDecoder, SixteenKilohertzMonoPassesUnchanged) {
  const TemporaryFolder folder;
  const Samples samples = Counting(40'001);
  EXPECT_EQ(Decoded(MakeWav(folder, "x.wav", samples)), samples);
}

TEST(AudioDecoder, SilenceStandsBeforeSoundThatStartsLate) {
  const TemporaryFolder folder;
  const Samples samples = Counting(16'000);
  MakeWav(folder, "x.wav", samples);
  RunFfmpeg({"-f", "lavfi", "-i", "color=size=64x64:duration=2", "-itsoffset", "0.7", "-i", folder / "x.wav", "-c:v",
             "libx264", "-c:a", "pcm_s16le", folder / "late.mkv"});
  EXPECT_EQ(Decoded(folder / "late.mkv"), Samples(11'200, 0) + samples);
}

TEST(AudioDecoder, SoundThatStartsLateByItselfStartsTheClock) {
  const TemporaryFolder folder;
  const Samples samples = Counting(8000);
  MakeWav(folder, "x.wav", samples);
  RunFfmpeg({"-itsoffset", "0.7", "-i", folder / "x.wav", "-c", "copy", folder / "late.mkv"});
  EXPECT_EQ(Decoded(folder / "late.mkv"), samples);
}

TEST(AudioDecoder, SilenceFillsAGap) {
  const TemporaryFolder folder;
  const Samples samples = Counting(48'000);
  const Samples decoded = Decoded(MakeRetimed(folder, samples, "PTS+gte(T,1.45)*2/TB"));
  EXPECT_EQ(decoded, Part(samples, 0, 24'000) + Samples(32'000, 0) + Part(samples, 24'000, 48'000));
}

TEST(AudioDecoder, OverlapIsDropped) {
  const TemporaryFolder folder;
  const Samples samples = Counting(48'000);
  const Samples decoded = Decoded(MakeRetimed(folder, samples, "PTS-gte(T,1.45)*0.08/TB"));
  EXPECT_EQ(decoded, Part(samples, 0, 24'000) + Part(samples, 24'000 + 1280, 48'000));
}

TEST(AudioDecoder, JitterIsNotCorrected) {
  const TemporaryFolder folder;
  const Samples samples = Counting(48'000);
  EXPECT_EQ(Decoded(MakeRetimed(folder, samples, "PTS+(random(0)-0.5)*0.03/TB")), samples);
}

TEST(AudioDecoder, RefusesTimestampsThatLeap) {
  const TemporaryFolder folder;
  const fs::path file = MakeRetimed(folder, Counting(32'000), "PTS+gte(T,0.95)*700/TB");
  const Error error = ThrownBy([&] { Decoded(file); });
  EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
  EXPECT_THAT(error.what(), testing::HasSubstr("leap from 1.0 s to 701.0 s"));
  EXPECT_EQ(Decoded(file, {.max_gap_s = 701}).size(), 32'000U + 700U * 16'000U);
}

TEST(AudioDecoder, RefusesMoreThanTheLongestAccepted) {
  const TemporaryFolder folder;
  const fs::path file = MakeWav(folder, "x.wav", Counting(32'000));
  EXPECT_EQ(ThrownBy([&] { Decoded(file, {.max_duration_s = 1.5}); }).kind(), ErrorKind::kBadInput);
  EXPECT_EQ(Decoded(file, {.max_duration_s = 2.01}).size(), 32'000U);
}

TEST(AudioDecoder, TheSameFileGivesTheSameSamples) {
  const TemporaryFolder folder;
  const fs::path wav = MakeWav(folder, "x.wav", Tone(300, 1, 44'100), 44'100);
  RunFfmpeg({"-i", wav, "-c:a", "mp2", folder / "x.mpg"});
  RunFfmpeg({"-i", wav, "-c:a", "aac", folder / "x.mp4"});
  for (const char* name : {"x.wav", "x.mpg", "x.mp4"}) {
    const Samples once = Decoded(folder / name);
    for (int round = 0; round < 3; ++round) EXPECT_EQ(Decoded(folder / name), once) << name;
  }
}

TEST(AudioDecoder, ADeclaredEndBehindALateStartIsReached) {
  const TemporaryFolder folder;
  const fs::path wav = MakeWav(folder, "x.wav", Counting(32'000));
  RunFfmpeg({"-i", wav, "-c", "copy", "-output_ts_offset", "1234", folder / "x.mkv"});  // declares 1236 s
  EXPECT_EQ(Decoded(folder / "x.mkv"), Counting(32'000));
}

TEST(AudioDecoder, BlocksAreWhatTheyAreWithoutTheOnesBefore) {
  const TemporaryFolder folder;
  const fs::path wav = MakeWav(folder, "x.wav", Tone(300, 3, 44'100), 44'100);
  const Samples whole = Decoded(wav);
  AudioDecoder decoder(wav);
  Samples joined;
  Samples block;
  for (std::size_t num_blocks = 0; decoder.Next(block); block.clear(), ++num_blocks) {
    EXPECT_GT(block.size(), 0U);
    EXPECT_LE(block.size(), 65'536U);
    joined = joined + block;
  }
  EXPECT_EQ(joined, whole);
  EXPECT_FALSE(decoder.Next(block));  // stays at the end
  EXPECT_TRUE(block.empty());
}

TEST(AudioDecoder, SaysHowFarATruncatedFileReaches) {
  const TemporaryFolder folder;
  const fs::path wav = MakeWav(folder, "x.wav", Tone(200, 20));
  RunFfmpeg({"-i", wav, "-c:a", "aac", "-movflags", "+faststart", folder / "whole.mp4"});
  const std::string whole = ContentOf(folder / "whole.mp4");
  EXPECT_NEAR(static_cast<double>(Decoded(folder / "whole.mp4").size()), 320'000, 1600);
  const fs::path cut = folder.Write("cut.mp4", whole.substr(0, whole.size() / 2));
  const Error error = ThrownBy([&] { Decoded(cut); });
  EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
  const std::string what = error.what();
  std::smatch found;
  ASSERT_TRUE(std::regex_search(what, found, std::regex("declares ([0-9.]+) s but its data end at ([0-9.]+) s")))
      << what;
  EXPECT_NEAR(std::stod(found[1]), 20, 0.1);
  EXPECT_NEAR(std::stod(found[2]), 10, 1.5);
}

// Of these FFmpeg takes what is there for the whole.
TEST(AudioDecoder, SeesThatAviAndWmvAreTruncated) {
  const TemporaryFolder folder;
  const fs::path wav = MakeWav(folder, "x.wav", Tone(200, 12));
  for (const std::string name : {"x.avi", "x.wmv"}) {
    RunFfmpeg({"-f", "lavfi", "-i", "testsrc=size=64x64:duration=12", "-i", wav, folder / name});
    EXPECT_NEAR(static_cast<double>(Decoded(folder / name).size()), 192'000, 3200) << name;
    const std::string whole = ContentOf(folder / name);
    for (const double share : {0.3, 0.6, 0.85}) {
      const auto num_bytes = static_cast<std::size_t>(share * static_cast<double>(whole.size()));
      const Error error = ThrownBy([&] { Decoded(folder.Write("cut-" + name, whole.substr(0, num_bytes))); });
      EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << name;
      EXPECT_THAT(error.what(), testing::HasSubstr("is truncated: it declares 12.")) << name << share;
    }
  }
}

// These declare no length, but mark their end.
TEST(AudioDecoder, SeesThatOggVideosAreTruncated) {
  const TemporaryFolder folder;
  const fs::path wav = MakeWav(folder, "x.wav", Tone(200, 12));
  RunFfmpeg({"-f", "lavfi", "-i", "testsrc=size=64x64:duration=12", "-i", wav, "-c:v", "libtheora", "-c:a", "libvorbis",
             folder / "x.ogv"});
  EXPECT_NEAR(static_cast<double>(Decoded(folder / "x.ogv").size()), 192'000, 3200);
  const std::string whole = ContentOf(folder / "x.ogv");
  EXPECT_NEAR(static_cast<double>(Decoded(folder.Write("noted.ogv", whole + "a note")).size()), 192'000, 3200);
  std::vector<std::size_t> lengths = {whole.size() - 1};
  for (const double share : {0.3, 0.6, 0.95}) {
    lengths.push_back(static_cast<std::size_t>(share * static_cast<double>(whole.size())));
    lengths.push_back(whole.rfind("OggS", lengths.back()));  // between two pages
  }
  for (const std::size_t length : lengths) {
    const Error error = ThrownBy([&] { Decoded(folder.Write("cut.ogv", whole.substr(0, length))); });
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << length;
    EXPECT_THAT(error.what(), testing::HasSubstr("is truncated: its data end at ")) << length;
  }
}

TEST(AudioDecoder, SeesThatTransportStreamsEndWithinAPacket) {
  const TemporaryFolder folder;
  const fs::path wav = MakeWav(folder, "x.wav", Tone(200, 12));
  for (const std::string mode : {"0", "1"}) {  // packets of 188 and of 192 bytes
    const fs::path file = folder / ("x" + mode + ".ts");
    RunFfmpeg({"-f", "lavfi", "-i", "testsrc=size=64x64:duration=12", "-i", wav, "-c:v", "libx264", "-c:a", "aac",
               "-mpegts_m2ts_mode", mode, file});
    EXPECT_NEAR(static_cast<double>(Decoded(file).size()), 192'000, 3200) << mode;
    const std::string whole = ContentOf(file);
    for (const std::size_t length : {whole.size() - 1, whole.size() / 3 / 188 / 192 * 188 * 192 + 100}) {
      const Error error = ThrownBy([&] { Decoded(folder.Write("cut.ts", whole.substr(0, length))); });
      EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << mode << ", " << length;
      EXPECT_THAT(error.what(), testing::HasSubstr("is truncated: its data end at ")) << mode << ", " << length;
    }
    const std::size_t packets = whole.size() / 2 / 188 / 192 * 188 * 192;
    EXPECT_GT(Decoded(folder.Write("shorter.ts", whole.substr(0, packets))).size(), 32'000U);  // nothing tells
  }
}

TEST(AudioDecoder, SoundMayEndBeforeThePictureDoes) {
  const TemporaryFolder folder;
  const fs::path wav = MakeWav(folder, "x.wav", Tone(200, 3));
  RunFfmpeg({"-f", "lavfi", "-i", "color=size=64x64:duration=10", "-i", wav, "-c:v", "libx264", "-c:a", "aac",
             folder / "x.mp4"});
  EXPECT_NEAR(static_cast<double>(Decoded(folder / "x.mp4").size()), 48'000, 1600);
}

TEST(AudioDecoder, PassesOverDamage) {
  const TemporaryFolder folder;
  const fs::path wav = MakeWav(folder, "x.wav", Tone(200, 10));
  RunFfmpeg({"-i", wav, "-c:a", "flac", folder / "x.mkv"});
  std::string bytes = ContentOf(folder / "x.mkv");
  for (std::size_t at = bytes.size() / 3; at < bytes.size() / 3 + 300; ++at) bytes[at] = static_cast<char>(at * 31);
  AudioDecoder decoder(folder.Write("damaged.mkv", bytes));
  Samples samples;
  while (decoder.Next(samples)) {}
  EXPECT_GT(decoder.num_corrupt_packets(), 0);
  EXPECT_NEAR(static_cast<double>(samples.size()), 160'000, 5000);  // silence stands for what was lost
}

TEST(AudioDecoder, RefusesAFileWithoutSound) {
  const TemporaryFolder folder;
  RunFfmpeg({"-f", "lavfi", "-i", "color=size=64x64:duration=1", "-c:v", "libx264", folder / "x.mp4"});
  const Error error = ThrownBy([&] { Decoded(folder / "x.mp4"); });
  EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
  EXPECT_THAT(error.what(), testing::HasSubstr("no sound"));
}

// WAV and FLAC declare their end to the sample, so that of a short clip no second may be missing.
TEST(AudioDecoder, AShortClipThatIsCutIsTruncated) {
  const TemporaryFolder folder;
  const fs::path wav = MakeWav(folder, "x.wav", Tone(200, 2));
  RunFfmpeg({"-i", wav, "-c:a", "flac", folder / "x.flac"});
  for (const char* name : {"x.wav", "x.flac"}) {
    EXPECT_EQ(Decoded(folder / name).size(), 32'000U) << name;
    const std::string whole = ContentOf(folder / name);
    const fs::path cut = folder.Write(std::string("cut-") + name, whole.substr(0, whole.size() * 3 / 4));
    const Error error = ThrownBy([&] { Decoded(cut); });
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << name;
    EXPECT_THAT(error.what(), testing::HasSubstr("is truncated: it declares 2.0 s")) << name;
  }
}

TEST(AudioDecoder, AnAviOrWmvThatWasWrittenToAPipeIsWhole) {
  const TemporaryFolder folder;
  const fs::path wav = MakeWav(folder, "x.wav", Tone(200, 3));
  for (const char* form : {"avi", "asf"}) {
    RunFfmpeg(
        {"-f", "lavfi", "-i", "testsrc=size=64x64:duration=3", "-i", wav, "-seekable", "0", "-f", form, folder / form});
    EXPECT_NEAR(static_cast<double>(Decoded(folder / form).size()), 48'000, 3200) << form;
  }
}

// Programs that write WAV to a pipe do not know its length when they write its header.
TEST(AudioDecoder, AWavOfUnknownLengthIsWhole) {
  const TemporaryFolder folder;
  const std::string whole = ContentOf(MakeWav(folder, "x.wav", Tone(200, 2)));
  const std::size_t size_at = whole.find("data") + 4;
  for (const std::string& size : {std::string(4, '\xff'), std::string("\0\xf0\xff\x7f", 4), std::string(4, '\0')}) {
    std::string piped = whole;
    piped.replace(size_at, 4, size);
    EXPECT_EQ(Decoded(folder.Write("piped.wav", piped)).size(), 32'000U);
  }
}

TEST(AudioDecoder, SamplesThatAreNoNumbersAreDamage) {
  const TemporaryFolder folder;
  const fs::path wav = MakeWav(folder, "x.wav", Tone(200, 2));
  for (const char* codec : {"pcm_f32le", "pcm_f64le"}) {
    RunFfmpeg({"-i", wav, "-c:a", codec, folder / "float.wav"});
    std::string bytes = ContentOf(folder / "float.wav");
    for (std::size_t at = bytes.size() / 2; at < bytes.size() / 2 + 64; ++at) bytes[at] = '\xff';  // not a number
    AudioDecoder decoder(folder.Write("holed.wav", bytes));
    Samples samples;
    while (decoder.Next(samples)) {}
    EXPECT_EQ(decoder.num_corrupt_packets(), 1) << codec;
    // Silence stands for what was lost, unless it is shorter than what timestamps may wander by.
    EXPECT_NEAR(static_cast<double>(samples.size()), 32'000, 0.04 * kSampleRateHz) << codec;
    const auto [low, high] = std::minmax_element(samples.begin(), samples.end());
    EXPECT_LE(*high - *low, 2 * 8200) << codec;
  }
}

}  // namespace
}  // namespace sezim
