// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/room.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <random>

#include "sezim/base/error.h"
#include "sezim/features/real_fft.h"

namespace sezim {
namespace {

constexpr double kSpeedOfSound = 343;  // m/s

std::vector<std::complex<float>> Spectrum(RealFft& fft, std::span<const float> samples) {
  std::copy(samples.begin(), samples.end(), fft.input().begin());
  std::fill(fft.input().begin() + std::ssize(samples), fft.input().end(), 0.0F);
  const auto bins = fft.Transform();
  return {bins.begin(), bins.end()};
}

double Power(std::span<const float> samples) {
  double sum = 0;
  for (const float sample : samples) sum += static_cast<double>(sample) * static_cast<double>(sample);
  return sum;
}

}  // namespace

void Room::Check() const {
  OptionChecks checks("room");
  for (std::size_t i = 0; i < 3; ++i) {
    checks.Require(size_m[i] >= 1 && size_m[i] <= 50, fmt::format("sides must be from 1 to 50 m, not {}", size_m[i]));
    checks.Require(mouth_m[i] > 0 && mouth_m[i] < size_m[i], "the mouth must be in the room");
    checks.Require(microphone_m[i] > 0 && microphone_m[i] < size_m[i], "the microphone must be in the room");
  }
  checks.Require(rt60_s >= 0.05 && rt60_s <= 1.5, fmt::format("rt60_s must be from 0.05 to 1.5 s, not {}", rt60_s));
  checks.ThrowIfAny();
}

Room DrawRoom(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto draw = [&](double low, double high) {
    return low + (high - low) * static_cast<double>(random() >> 11) / static_cast<double>(std::uint64_t{1} << 53);
  };
  Room room;
  room.size_m = {draw(3, 8), draw(3, 6), draw(2.4, 3.5)};
  for (std::size_t i = 0; i < 3; ++i) {
    room.mouth_m[i] = draw(0.5, room.size_m[i] - 0.5);
    room.microphone_m[i] = draw(0.5, room.size_m[i] - 0.5);
  }
  room.rt60_s = draw(0.2, 0.7);
  return room;
}

std::vector<float> RoomImpulse(const Room& room, double sample_rate_hz) {
  room.Check();
  const auto& [x, y, z] = room.size_m;
  const double volume = x * y * z, surface = 2 * (x * y + y * z + z * x);
  // Eyring: rt60 = 24 ln 10 / c * V / (-S ln(1 - absorption)); a wall reflects the root of the energy that is left,
  // turned over, so that images that come together do not add up to a constant (Lehmann and Johansson 2008).
  const double reflection = -std::exp(-12 * std::log(10.0) / kSpeedOfSound * volume / (surface * room.rt60_s));
  const auto size = static_cast<std::size_t>(std::lround(room.rt60_s * sample_rate_hz));
  double direct_m = 0;
  for (std::size_t i = 0; i < 3; ++i) direct_m += std::pow(room.mouth_m[i] - room.microphone_m[i], 2);
  direct_m = std::max(std::sqrt(direct_m), 0.1);
  const double reach_m = direct_m + room.rt60_s * kSpeedOfSound;

  // Along each side: how far images are away, and by how many walls they are reflected.
  struct Image {
    double off_m;
    int num_walls;
  };
  std::array<std::vector<Image>, 3> images;
  for (std::size_t i = 0; i < 3; ++i) {
    const int most = static_cast<int>(reach_m / (2 * room.size_m[i])) + 1;
    for (int n = -most; n <= most; ++n) {
      const double shift = 2 * n * room.size_m[i];
      images[i].push_back({shift + room.mouth_m[i] - room.microphone_m[i], std::abs(2 * n)});
      images[i].push_back({shift - room.mouth_m[i] - room.microphone_m[i], std::abs(2 * n - 1)});
    }
  }
  std::vector<double> impulse(size);
  for (const Image& a : images[0]) {
    for (const Image& b : images[1]) {
      for (const Image& c : images[2]) {
        const double distance_m = std::sqrt(a.off_m * a.off_m + b.off_m * b.off_m + c.off_m * c.off_m);
        const double delay = (distance_m - direct_m) / kSpeedOfSound * sample_rate_hz;
        const auto at = static_cast<std::ptrdiff_t>(std::lround(std::max(delay, 0.0)));
        if (at >= std::ssize(impulse)) continue;
        const double height = std::pow(reflection, a.num_walls + b.num_walls + c.num_walls);
        impulse[static_cast<std::size_t>(at)] += height * direct_m / std::max(distance_m, 0.1);
      }
    }
  }
  std::vector<float> scaled;
  for (const double sample : impulse) scaled.push_back(static_cast<float>(sample / impulse.front()));
  return scaled;
}

std::vector<float> Reverberate(std::span<const float> samples, std::span<const float> impulse) {
  if (samples.empty() || impulse.empty()) return {samples.begin(), samples.end()};
  RealFft fft(static_cast<int>(std::bit_ceil(std::max<std::size_t>(samples.size() + impulse.size(), 16))));
  std::vector<std::complex<float>> product = Spectrum(fft, samples);
  const std::vector<std::complex<float>> room = Spectrum(fft, impulse);
  for (std::size_t k = 0; k < product.size(); ++k) product[k] *= room[k];
  std::vector<float> sound(static_cast<std::size_t>(fft.size()));
  fft.Inverse(product, sound);
  sound.resize(samples.size());
  const double before = Power(samples), after = Power(sound);
  if (after > 0) {
    const auto gain = static_cast<float>(std::sqrt(before / after));
    for (float& sample : sound) sample *= gain;
  }
  return sound;
}

}  // namespace sezim
