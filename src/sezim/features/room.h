// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace sezim {

// An empty room with a mouth and a microphone in it; metres from one corner.
struct Room {
  std::array<double, 3> size_m{5, 4, 3};
  std::array<double, 3> mouth_m{1.5, 2, 1.5};
  std::array<double, 3> microphone_m{3, 2.2, 1.2};
  double rt60_s = 0.4;  // until the sound is 60 dB weaker

  void Check() const;  // throws Error (kUsage)
};

// A room of 3 to 8 by 3 to 6 by 2.4 to 3.5 m with 0.2 to 0.7 s of reverberation, mouth and microphone 0.5 m or more
// from the walls.
Room DrawRoom(std::uint64_t seed);

// What a click at the mouth is at the microphone, by mirror images of the mouth (Allen and Berkley 1979); all walls
// absorb alike, as much as Eyring's formula says for rt60_s. The direct sound is the first sample and has height 1;
// rt60_s long.
std::vector<float> RoomImpulse(const Room& room, double sample_rate_hz);

// The sound as heard in a room with that impulse response, as long as before, with the same mean power.
std::vector<float> Reverberate(std::span<const float> samples, std::span<const float> impulse);

}  // namespace sezim
