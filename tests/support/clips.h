// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "sezim/base/subprocess.h"
#include "sezim/media/audio_decoder.h"
#include "sezim/media/grey_image.h"
#include "support/temporary_folder.h"

namespace sezim {

// Runs FFmpeg's program, whose muxers and encoders make what our decoders are tested on.
inline void RunFfmpeg(std::vector<std::string> arguments) {
  const std::vector<std::string> front = {"ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error", "-y"};
  arguments.insert(arguments.begin(), front.begin(), front.end());
  const SubprocessResult result = RunSubprocess(arguments, {.wall_timeout = std::chrono::seconds(60)});
  if (!result.Succeeded()) throw std::runtime_error("ffmpeg failed: " + result.error_tail);
}

// Pictures that say their number: grey, the left half number % 20, the right half number / 20.
inline constexpr int kClipWidth = 64;
inline constexpr int kClipHeight = 48;
inline constexpr int kClipFps = 25;
inline constexpr int kClipFrames = 300;  // 12 s

inline int LevelOf(int digit) {
  return 24 + 10 * digit;
}

// The number that a picture, of whatever size, says; -1 for none.
inline int NumberOf(const GreyView* picture) {
  if (picture == nullptr) return -1;
  const auto digit = [&](int x) {
    double sum = 0;  // over 8 x 8 pixels, as there may be noise
    for (int i = 0; i < 64; ++i) sum += picture->data[picture->stride * (picture->height / 2 + i / 8) + x + i % 8];
    return static_cast<int>(std::lround((sum / 64 - LevelOf(0)) / 10.0));
  };
  return digit(picture->width / 4) + 20 * digit(picture->width * 3 / 4);
}

// Writes the pictures as planes of 4:2:0 video without compression and returns FFmpeg's arguments that read
// it.
inline std::vector<std::string> NumberedPictures(const TemporaryFolder& folder, int num_frames = kClipFrames) {
  const std::filesystem::path file = folder / "pictures.yuv";
  if (!std::filesystem::exists(file)) {
    std::ofstream stream(file, std::ios::binary);
    for (int n = 0; n < num_frames; ++n) {
      const std::string half_row(kClipWidth / 2, static_cast<char>(LevelOf(n % 20)));
      const std::string row = half_row + std::string(kClipWidth / 2, static_cast<char>(LevelOf(n / 20)));
      for (int y = 0; y < kClipHeight; ++y) stream << row;
      stream << std::string(kClipWidth * kClipHeight / 2, '\x80');
    }
  }
  return {"-f",    "rawvideo",   "-pixel_format",          "yuv420p", "-video_size",
          "64x48", "-framerate", std::to_string(kClipFps), "-i",      file.native()};
}

// H.264 with a key picture each second and B-pictures, some of which no other picture refers to.
inline std::vector<std::string> H264() {
  return {"-c:v", "libx264", "-preset", "veryfast", "-crf", "10", "-g", "25", "-bf", "3", "-threads", "1"};
}

// Makes a video of the numbered pictures: `options` stand between input and output.
inline std::filesystem::path MakeNumberedVideo(const TemporaryFolder& folder, const std::string& name,
                                               const std::vector<std::string>& options = H264()) {
  std::vector<std::string> arguments = NumberedPictures(folder);
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.push_back(folder / name);
  RunFfmpeg(arguments);
  return folder / name;
}

// Makes a sound file of `samples` at `rate_hz`, mono, in WAV.
inline std::filesystem::path MakeWav(const TemporaryFolder& folder, const std::string& name,
                                     const std::vector<std::int16_t>& samples, int rate_hz = kSampleRateHz) {
  const std::filesystem::path raw = folder / (name + ".raw");
  std::ofstream(raw, std::ios::binary)
      .write(reinterpret_cast<const char*>(samples.data()), static_cast<std::streamsize>(samples.size() * 2));
  RunFfmpeg({"-f", "s16le", "-ar", std::to_string(rate_hz), "-ac", "1", "-i", raw, "-c:a", "pcm_s16le", folder / name});
  return folder / name;
}

// A tone of amplitude 8192.
inline std::vector<std::int16_t> Tone(double frequency_hz, double duration_s, int rate_hz = kSampleRateHz) {
  std::vector<std::int16_t> samples(static_cast<std::size_t>(std::lround(duration_s * rate_hz)));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<std::int16_t>(
        std::lround(8192 * std::sin(2 * M_PI * frequency_hz * static_cast<double>(i) / rate_hz)));
  }
  return samples;
}

// All samples of a file.
inline std::vector<std::int16_t> Decoded(const std::filesystem::path& file, const MediaLimits& limits = {}) {
  AudioDecoder decoder(file, limits);
  std::vector<std::int16_t> samples;
  while (decoder.Next(samples)) {}
  return samples;
}

}  // namespace sezim
