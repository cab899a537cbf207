// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/active_frames.h"

#include <algorithm>
#include <cmath>

namespace sezim {
namespace {

constexpr double kWindowS = 0.025;

}  // namespace

std::vector<char> ActiveFrames(std::span<const float> samples, double sample_rate_hz, std::int64_t num_frames,
                               double hop_s, double range_db) {
  // Sums from the start make the energy of any stretch the difference of two of them.
  std::vector<double> energy_before(samples.size() + 1);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto sample = static_cast<double>(samples[i]);
    energy_before[i + 1] = energy_before[i] + sample * sample;
  }
  std::vector<double> power;
  for (std::int64_t i = 0; i < num_frames; ++i) {
    const double from = static_cast<double>(i) * hop_s * sample_rate_hz;
    const auto size = static_cast<double>(samples.size());
    const auto start = static_cast<std::size_t>(std::clamp(from, 0.0, size));
    const auto end = static_cast<std::size_t>(std::clamp(from + kWindowS * sample_rate_hz, 0.0, size));
    power.push_back(energy_before[end] - energy_before[start]);
  }
  const double loudest = power.empty() ? 0 : *std::max_element(power.begin(), power.end());
  // Squares of 16-bit samples differ from 0 by 1e-9; what is less is the sums' rounding.
  const double least = std::max(loudest * std::pow(10, -range_db / 10), 1e-9);
  std::vector<char> active;
  for (const double one : power) active.push_back(one >= least ? 1 : 0);
  return active;
}

}  // namespace sezim
