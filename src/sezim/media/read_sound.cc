// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/read_sound.h"

#include <fmt/format.h>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim {

std::vector<float> ReadSound(const std::filesystem::path& file, int sample_rate_hz) {
  MediaLimits limits;
  limits.max_duration_s = kMaxSoundS;
  AudioDecoder decoder(file, limits, sample_rate_hz);
  std::vector<float> sound;
  for (std::vector<std::int16_t> block; decoder.Next(block); block.clear()) {
    for (const std::int16_t sample : block) sound.push_back(static_cast<float>(sample) / 32'768);
  }
  if (sound.empty() && decoder.num_corrupt_packets() > 0) {
    throw Error(ErrorKind::kBadInput,
                fmt::format("nothing of the sound of '{}' can be decoded ({} packets are damaged)", DisplayName(file),
                            decoder.num_corrupt_packets()),
                "download or copy it again");
  }
  if (sound.empty()) {
    throw Error(ErrorKind::kBadInput, fmt::format("the sound of '{}' is empty", DisplayName(file)),
                "check that it plays in a media player");
  }
  return sound;
}

}  // namespace sezim
