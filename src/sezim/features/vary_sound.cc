// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/vary_sound.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>

#include "sezim/base/error.h"
#include "sezim/features/augment.h"
#include "sezim/features/room.h"

namespace sezim {
namespace {

constexpr std::array<std::pair<SoundChange, std::string_view>, 4> kNames = {{
    {SoundChange::kSpeed, "speed"},
    {SoundChange::kPitch, "pitch"},
    {SoundChange::kReverberation, "reverberation"},
    {SoundChange::kNoise, "noise"},
}};

}  // namespace

SoundChange SoundChangeFromName(std::string_view name) {
  std::string known;
  for (const auto& [change, its_name] : kNames) {
    if (its_name == name) return change;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", its_name);
  }
  throw Error(ErrorKind::kUsage, fmt::format("there is no change of sounds '{}'", name),
              fmt::format("name one of {}", known));
}

std::vector<float> VarySound(std::span<const float> samples, std::span<const SoundChange> changes,
                             double sample_rate_hz, std::uint64_t seed) {
  Check(!changes.empty(), "a sound is changed in one way at least");
  std::mt19937_64 random(seed);
  // A standard distribution's numbers are up to the library; these are not.
  const auto between = [&](double least, double most) {
    return least + (most - least) * static_cast<double>(random() >> 11) * 0x1p-53;
  };
  std::array<bool, kNames.size()> happens{};
  const auto is_named = [&](std::size_t i) { return std::ranges::find(changes, kNames[i].first) != changes.end(); };
  for (std::size_t i = 0; i < happens.size(); ++i) happens[i] = is_named(i) && between(0, 1) < 0.5;
  if (std::ranges::count(happens, true) == 0) {
    std::vector<std::size_t> named;
    for (std::size_t i = 0; i < happens.size(); ++i) {
      if (is_named(i)) named.push_back(i);
    }
    happens[named[random() % named.size()]] = true;
  }
  std::vector<float> sound(samples.begin(), samples.end());
  for (std::size_t i = 0; i < happens.size(); ++i) {
    if (!happens[i]) continue;
    switch (kNames[i].first) {
      case SoundChange::kSpeed: sound = ChangeSpeed(sound, between(0.9, 1.1)); break;
      case SoundChange::kPitch: sound = ChangePitch(sound, between(-2, 2), sample_rate_hz); break;
      case SoundChange::kReverberation:
        sound = Reverberate(sound, RoomImpulse(DrawRoom(random()), sample_rate_hz));
        break;
      case SoundChange::kNoise: {
        const std::vector<float> noise = WhiteNoise(sound.size(), random());
        sound = AddNoise(sound, noise, between(10, 30));
        break;
      }
    }
  }
  return sound;
}

}  // namespace sezim
