// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/loudness.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace sezim {
namespace {

// A filter of second order: y[n] = b0 x[n] + b1 x[n-1] + b2 x[n-2] - a1 y[n-1] - a2 y[n-2].
struct Biquad {
  double b0, b1, b2, a1, a2;
};

std::vector<double> Filtered(const Biquad& f, std::vector<double> sound) {
  double x1 = 0, x2 = 0, y1 = 0, y2 = 0;
  for (double& sample : sound) {
    const double x = sample;
    const double y = f.b0 * x + f.b1 * x1 + f.b2 * x2 - f.a1 * y1 - f.a2 * y2;
    x2 = x1;
    x1 = x;
    y2 = y1;
    y1 = y;
    sample = y;
  }
  return sound;
}

// The two filters of BS.1770 at any sample rate: the standard's coefficients at 48 kHz are the bilinear transforms of a
// shelf and a high pass with these corner frequencies.
Biquad HeadFilter(double rate) {
  const double k = std::tan(std::numbers::pi * 1681.974450955533 / rate);
  const double q = 0.7071752369554196;
  const double gain = std::pow(10, 3.999843853973347 / 20), middle = std::pow(gain, 0.4996667741545416);
  const double a0 = 1 + k / q + k * k;
  return {(gain + middle * k / q + k * k) / a0, 2 * (k * k - gain) / a0, (gain - middle * k / q + k * k) / a0,
          2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0};
}

Biquad LowCut(double rate) {
  const double k = std::tan(std::numbers::pi * 38.13547087602444 / rate);
  const double q = 0.5003270373238773;
  const double a0 = 1 + k / q + k * k;
  return {1, -2, 1, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0};
}

double LufsOf(double power) {
  return -0.691 + 10 * std::log10(power);
}

// The mean power of the blocks that are louder than `gate_lufs`; nothing if none is.
std::optional<double> Gated(std::span<const double> powers, double gate_lufs) {
  double sum = 0;
  int count = 0;
  for (const double power : powers) {
    if (power <= 0 || LufsOf(power) <= gate_lufs) continue;
    sum += power;
    ++count;
  }
  return count > 0 ? std::optional(sum / count) : std::nullopt;
}

}  // namespace

std::optional<double> IntegratedLoudness(std::span<const float> samples, double sample_rate_hz) {
  const std::vector<double> weighted =
      Filtered(LowCut(sample_rate_hz), Filtered(HeadFilter(sample_rate_hz), {samples.begin(), samples.end()}));
  const auto step = static_cast<std::size_t>(std::lround(0.1 * sample_rate_hz));
  const std::size_t block = 4 * step;
  std::vector<double> powers;
  for (std::size_t start = 0; start + block <= weighted.size(); start += step) {
    double sum = 0;
    for (std::size_t i = start; i < start + block; ++i) sum += weighted[i] * weighted[i];
    powers.push_back(sum / static_cast<double>(block));
  }
  const std::optional<double> above_silence = Gated(powers, -70);
  if (!above_silence) return std::nullopt;
  return LufsOf(*Gated(powers, LufsOf(*above_silence) - 10));
}

std::vector<float> NormalizeLoudness(std::span<const float> samples, double sample_rate_hz, double target_lufs) {
  std::vector<float> sound(samples.begin(), samples.end());
  const std::optional<double> lufs = IntegratedLoudness(samples, sample_rate_hz);
  if (!lufs) return sound;
  float peak = 0;
  for (const float sample : sound) peak = std::max(peak, std::abs(sample));
  const double wanted = std::pow(10, (target_lufs - *lufs) / 20);
  const auto gain = static_cast<float>(std::min(wanted, 1 / static_cast<double>(peak)));
  for (float& sample : sound) sample *= gain;
  return sound;
}

}  // namespace sezim
