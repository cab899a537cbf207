// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "sezim/media/probe.h"

namespace sezim {

inline constexpr int kSampleRateHz = 16'000;  // of all sound inside sezim, mono

// The best audio stream of a file as 16 kHz mono 16-bit samples, streamed in blocks, in bounded memory.
//
// Sample n is heard at n / 16000 s on the source's clock, whose zero is the earliest start of any of its streams:
// silence stands where the sound starts late or its timestamps leave a gap, and overlapping samples are dropped.
// Timestamps after the first that wander by less than 40 ms are taken as jitter and not corrected.
// Not thread-safe; one object for each thread.
class AudioDecoder {
 public:
  // Throws Error (kNotFound, kIo, kBadInput). Another `sample_rate_hz` than sezim's own is for features that want one.
  explicit AudioDecoder(const std::filesystem::path& path, const MediaLimits& limits = {},
                        int sample_rate_hz = kSampleRateHz);
  ~AudioDecoder();
  AudioDecoder(const AudioDecoder&) = delete;
  AudioDecoder& operator=(const AudioDecoder&) = delete;

  // Appends the next samples, some hundred to some ten thousand, to `samples`; false when there are none left.
  // Throws Error (kBadInput) for a file that ends clearly before its declared end, or whose timestamps leap.
  bool Next(std::vector<std::int16_t>& samples);

  // Packets so far that could not be decoded, or whose samples are no numbers; silence stands in their place.
  std::int64_t num_corrupt_packets() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sezim
