// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace sezim {

struct AudioInfo {
  std::string codec{};
  int sample_rate_hz = 0;
  int num_channels = 0;
  double start_s = 0;  // on the source's clock, whose zero is the earliest start of any stream
};

struct VideoInfo {
  std::string codec{};
  int width = 0;  // pixels as stored, before rotation
  int height = 0;
  double frames_per_s = 0;  // average; 0 where unknown
  double start_s = 0;
};

struct MediaInfo {
  std::string container{};
  std::optional<double> duration_s{};  // as declared, of the longest stream; nothing where unknown
  bool duration_is_declared = false;   // false: estimated from the bit rate
  std::optional<AudioInfo> audio{};
  std::optional<VideoInfo> video{};
};

// What is accepted from outside. Defaults are far above what cameras and broadcasters make.
struct MediaLimits {
  double max_duration_s = 24 * 3600.0;
  int min_side_px = 16;
  int max_side_px = 8192;
  int max_sample_rate_hz = 768'000;
  int max_channels = 64;
  double max_gap_s = 600;  // between two neighbouring audio timestamps

  void Check() const;  // throws Error (kUsage)
};

// Reads the headers of a media file. Throws Error (kNotFound, kIo, kBadInput).
MediaInfo Probe(const std::filesystem::path& path);

// Throws Error (kBadInput) that says what `limits` (or the harvest's need of both sound and picture) the file breaks.
void RequireHarvestable(const MediaInfo& info, const MediaLimits& limits, const std::filesystem::path& path);

}  // namespace sezim
