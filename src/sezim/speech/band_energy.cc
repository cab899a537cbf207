// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/band_energy.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr double kRateHz = 16'000;
constexpr double kBeforeS = 0.035;
constexpr double kAfterS = 0.025;
constexpr double kFloor = 1e-7;

// A second-order filter section in transposed direct form II.
struct Section {
  double b0, b1, b2, a1, a2;
  double z1 = 0, z2 = 0;

  double operator()(double x) {
    const double y = b0 * x + z1;
    z1 = b1 * x - a1 * y + z2;
    z2 = b2 * x - a2 * y;
    return y;
  }
};

enum class Pass { kLow, kHigh };

// By the bilinear transform, with the quality `q`.
Section MakeSection(Pass pass, double cutoff_hz, double q) {
  const double w = 2 * std::numbers::pi * cutoff_hz / kRateHz;
  const double alpha = std::sin(w) / (2 * q);
  const double a0 = 1 + alpha;
  const double edge = pass == Pass::kLow ? 1 - std::cos(w) : 1 + std::cos(w);
  const double middle = pass == Pass::kLow ? edge : -edge;
  return {edge / 2 / a0, middle / a0, edge / 2 / a0, -2 * std::cos(w) / a0, (1 - alpha) / a0};
}

}  // namespace

std::vector<float> BandEnergy(std::span<const std::int16_t> samples, std::span<const double> times_s,
                              const Band& band) {
  Check(band.low_hz > 0 && band.low_hz < band.high_hz && band.high_hz < kRateHz / 2, "a band lies below 8 kHz");
  // The two qualities of a 4th-order Butterworth filter.
  constexpr double kFirstQ = 0.54119610;
  constexpr double kSecondQ = 1.30656296;
  std::array<Section, 4> sections = {
      MakeSection(Pass::kHigh, band.low_hz, kFirstQ), MakeSection(Pass::kHigh, band.low_hz, kSecondQ),
      MakeSection(Pass::kLow, band.high_hz, kFirstQ), MakeSection(Pass::kLow, band.high_hz, kSecondQ)};
  std::vector<double> energy_until(samples.size() + 1, 0);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    double x = samples[i] / 32768.0;
    for (Section& section : sections) x = section(x);
    energy_until[i + 1] = energy_until[i] + x * x;
  }
  std::vector<float> energy;
  energy.reserve(times_s.size());
  for (const double time_s : times_s) {
    const auto sample_at = [&](double at_s) {
      return static_cast<std::size_t>(std::clamp(at_s * kRateHz, 0.0, static_cast<double>(samples.size())));
    };
    const std::size_t from = sample_at(time_s - kBeforeS);
    const std::size_t to = sample_at(time_s + kAfterS);
    const double mean = to > from ? (energy_until[to] - energy_until[from]) / static_cast<double>(to - from) : 0;
    energy.push_back(static_cast<float>(std::log10(std::max(mean, kFloor))));
  }
  return energy;
}

}  // namespace sezim
