// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sezim {

// What may be changed in a sound so that a recogniser of emotion hears more than was recorded.
enum class SoundChange {
  kSpeed,          // "speed": 0.9 to 1.1 times as fast, and higher or lower with it
  kPitch,          // "pitch": up to 2 semitones higher or lower
  kReverberation,  // "reverberation": heard in a room drawn at random (room.h)
  kNoise,          // "noise": white noise, 10 to 30 dB below the sound
};

// Throws Error (kUsage) with the known names.
SoundChange SoundChangeFromName(std::string_view name);

// The sound changed at random: each of `changes` with a chance of a half, and at least one of them, in the order of
// SoundChange; how strongly is drawn evenly within the bounds. The same seed gives the same sound; the order of
// `changes` does not matter. Requires one or more of them. `samples`: mono, full scale 1.
std::vector<float> VarySound(std::span<const float> samples, std::span<const SoundChange> changes,
                             double sample_rate_hz, std::uint64_t seed);

}  // namespace sezim
