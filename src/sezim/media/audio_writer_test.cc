// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/audio_writer.h"

#include <gtest/gtest.h>

#include <random>

#include "sezim/base/error.h"
#include "sezim/media/audio_decoder.h"
#include "support/clips.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

std::vector<std::int16_t> Noise(std::size_t count) {
  std::mt19937 random(static_cast<unsigned>(count));
  std::vector<std::int16_t> samples(count);
  for (std::int16_t& sample : samples) sample = static_cast<std::int16_t>(random());
  return samples;
}

class AudioWriterTest : public testing::TestWithParam<AudioFormat> {
 protected:
  std::filesystem::path File(const std::string& name) const { return folder_ / (name + "." + NameOf(GetParam())); }
  std::filesystem::path Write(const std::string& name, std::span<const std::int16_t> samples) const {
    WriteAudioFile(File(name), GetParam(), samples);
    return File(name);
  }

  TemporaryFolder folder_;
};

TEST_P(AudioWriterTest, KeepsEverySample) {
  for (const std::size_t count : {1, 15, 160, 4095, 4096, 4097, 4608, 48'000, 100'001}) {
    const std::vector<std::int16_t> samples = Noise(count);  // with all extremes of 16 bits
    EXPECT_EQ(Decoded(Write("x", samples)), samples) << count;
  }
  const std::vector<std::int16_t> silence(20'000, 0);
  EXPECT_EQ(Decoded(Write("silence", silence)), silence);
}

TEST_P(AudioWriterTest, IsSixteenKilohertzMono) {
  const MediaInfo info = Probe(Write("x", Noise(16'000)));
  ASSERT_TRUE(info.audio);
  EXPECT_EQ(info.audio->sample_rate_hz, 16'000);
  EXPECT_EQ(info.audio->num_channels, 1);
  EXPECT_EQ(info.audio->codec, GetParam() == AudioFormat::kFlac ? "flac" : "pcm_s16le");
  EXPECT_NEAR(info.duration_s.value_or(0), 1, 1e-6);
  EXPECT_EQ(info.container, NameOf(GetParam()));
}

TEST_P(AudioWriterTest, TheSameSamplesGiveTheSameBytes) {
  const std::vector<std::int16_t> samples = Noise(50'000);
  EXPECT_EQ(ContentOf(Write("a", samples)), ContentOf(Write("b", samples)));
  EXPECT_NE(ContentOf(Write("c", Noise(50'001))), ContentOf(File("a")));
}

TEST_P(AudioWriterTest, ReplacesAFileAndLeavesNothingElse) {
  Write("x", Noise(5000));
  EXPECT_EQ(Decoded(Write("x", Noise(300))), Noise(300));
  EXPECT_EQ(folder_.num_entries(), 1U);
}

TEST_P(AudioWriterTest, AFailureLeavesNothing) {
  const Error absent = ThrownBy([&] { WriteAudioFile(folder_ / "none" / "x.wav", GetParam(), Noise(10)); });
  EXPECT_EQ(absent.kind(), ErrorKind::kNotFound);
  std::filesystem::create_directories(File("taken") / "by a folder");
  EXPECT_EQ(ThrownBy([&] { Write("taken", Noise(10)); }).kind(), ErrorKind::kIo);
  EXPECT_EQ(folder_.num_entries(), 1U);  // that folder
}

TEST_P(AudioWriterTest, AFullDiskIsSaidAndLeavesNothing) {
  const std::filesystem::path temporary = File("x").native() + ".tmp";
  std::filesystem::create_symlink("/dev/full", temporary);  // where every write finds no space
  EXPECT_EQ(ThrownBy([&] { Write("x", Noise(100'000)); }).kind(), ErrorKind::kNoSpace);
  EXPECT_EQ(folder_.num_entries(), 0U);
}

TEST_P(AudioWriterTest, TakesAnyNameOfAFile) {
  for (const char* name : {"caf\xe9 % ' \" \n", "a:b?c=d", "-y", "%03d"}) {
    EXPECT_EQ(Decoded(Write(name, Noise(100))), Noise(100)) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, AudioWriterTest, testing::Values(AudioFormat::kFlac, AudioFormat::kWav),
                         [](const auto& format) { return std::string(NameOf(format.param)); });

}  // namespace
}  // namespace sezim
