// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <complex>

#include "sezim/media/audio_decoder.h"
#include "support/clips.h"
#include "support/temporary_folder.h"

namespace sezim {
namespace {

constexpr const char* kStereo = "pan=stereo|c0=c0|c1=c0";  // both channels as loud as the one

struct Codec {
  const char* name;
  std::string file;
  std::vector<std::string> options;
  int rate_hz = 44'100;
};

void PrintTo(const Codec& codec, std::ostream* out) {
  *out << codec.name;
}

// A tone of 440 Hz, 3 s, through codecs, rates and channel layouts.
class AudioDecoderCodecs : public testing::TestWithParam<Codec> {};

// The tone's amplitude in [from, to), and the share of the energy there that is not the tone.
std::pair<double, double> AmplitudeAndRest(const std::vector<std::int16_t>& samples, std::size_t from, std::size_t to) {
  std::complex<double> sum = 0;
  double energy = 0;
  for (std::size_t i = from; i < to; ++i) {
    const double value = samples.at(i);
    sum += value * std::polar(1.0, -2 * M_PI * 440 * static_cast<double>(i) / kSampleRateHz);
    energy += value * value;
  }
  const auto count = static_cast<double>(to - from);
  const double amplitude = 2 * std::abs(sum) / count;
  return {amplitude, 1 - amplitude * amplitude / 2 * count / energy};
}

TEST_P(AudioDecoderCodecs, GivesTheToneAtSixteenKilohertz) {
  const auto& [name, file, options, rate_hz] = GetParam();
  const TemporaryFolder folder;
  std::vector<std::string> arguments = {"-i", MakeWav(folder, "tone.wav", Tone(440, 3, rate_hz), rate_hz)};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.push_back(folder / file);
  RunFfmpeg(arguments);
  const std::vector<std::int16_t> samples = Decoded(folder / file);
  EXPECT_NEAR(static_cast<double>(samples.size()), 48'000, 0.03 * 16'000);
  ASSERT_GT(samples.size(), 46'000U);
  const auto [amplitude, rest] = AmplitudeAndRest(samples, 4000, 4000 + 40'000);  // 1100 periods
  EXPECT_NEAR(amplitude, 8192, 0.06 * 8192);                                      // LAME takes off 5 %
  EXPECT_LT(rest, 0.01);
}

INSTANTIATE_TEST_SUITE_P(
    All, AudioDecoderCodecs,
    testing::Values(Codec{"Pcm8kHz", "x.wav", {"-c:a", "pcm_s16le"}, 8000},
                    Codec{"PcmMuLaw", "x.au", {"-c:a", "pcm_mulaw"}, 8000},
                    Codec{"PcmUnsigned8Bit", "x.wav", {"-c:a", "pcm_u8"}},
                    Codec{"Pcm24BitStereo96kHz", "x.wav", {"-c:a", "pcm_s24le", "-af", kStereo}, 96'000},
                    Codec{"PcmFloatPlanarRate11kHz", "x.mov", {"-c:a", "pcm_f32le"}, 11'025},
                    Codec{"PcmBigEndianAiff", "x.aiff", {"-c:a", "pcm_s16be", "-af", kStereo}, 48'000},
                    Codec{"FlacStereo", "x.flac", {"-c:a", "flac", "-af", kStereo}},
                    Codec{"Mp3", "x.mp3", {"-c:a", "libmp3lame", "-b:a", "128k"}},
                    Codec{"AacStereoMp4", "x.mp4", {"-c:a", "aac", "-af", kStereo, "-b:a", "128k"}},
                    Codec{"AacTransportStream", "x.ts", {"-c:a", "aac", "-b:a", "128k"}, 48'000},
                    Codec{"VorbisOgg", "x.ogg", {"-c:a", "libvorbis", "-q:a", "6"}},
                    Codec{"OpusWebm", "x.webm", {"-c:a", "libopus", "-b:a", "96k"}, 48'000},
                    Codec{"Ac3InMatroska", "x.mkv", {"-c:a", "ac3", "-af", kStereo, "-b:a", "192k"}, 48'000},
                    Codec{"Mp2InProgramStream", "x.mpg", {"-c:a", "mp2", "-af", kStereo, "-b:a", "192k"}, 48'000},
                    Codec{"AdpcmAvi", "x.avi", {"-c:a", "adpcm_ms"}}),
    [](const auto& codec) { return std::string(codec.param.name); });

// Mixed down as the channel layout says, not by taking the first channel.
TEST(AudioDecoderChannels, AreMixed) {
  const TemporaryFolder folder;
  const auto left = MakeWav(folder, "l.wav", Tone(440, 1));
  const auto right = MakeWav(folder, "r.wav", std::vector<std::int16_t>(16'000, 0));
  RunFfmpeg({"-i", right, "-i", left, "-filter_complex", "[0][1]amerge", "-c:a", "pcm_s16le", folder / "x.wav"});
  const auto [amplitude, rest] = AmplitudeAndRest(Decoded(folder / "x.wav"), 0, 16'000);
  EXPECT_NEAR(amplitude, 8192 * 0.5, 200);
  EXPECT_LT(rest, 0.01);
}

}  // namespace
}  // namespace sezim
