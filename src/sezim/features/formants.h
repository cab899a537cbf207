// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <span>

namespace sezim {

inline constexpr std::size_t kNumFormants = 3;

struct Formants {
  std::array<double, kNumFormants> hz{};            // ascending; 0: not found
  std::array<double, kNumFormants> bandwidth_hz{};  // 0: not found
};

// The resonances of the vocal tract, by linear prediction of order 10 of what lies below 5500 Hz (selective linear
// prediction: Makhoul 1975; the poles of the all-pole model with a bandwidth below 700 Hz). Not thread-safe.
class FormantFinder {
 public:
  FormantFinder(double sample_rate_hz, int window_samples);
  ~FormantFinder();

  // `frame`: window_samples, to which pre-emphasis (6 dB an octave from 50 Hz on) and a Hamming window are applied
  // here.
  Formants Find(std::span<const float> frame);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sezim
