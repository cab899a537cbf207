// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

namespace sezim {

// The signal that golden/vad/silero-vad.json describes in its "formula", as 16-bit samples: 3 s at 16 kHz of syllables
// of a made voice in faint noise.
inline std::vector<std::int16_t> GoldenVoice() {
  constexpr double kTurn = 2 * std::numbers::pi;
  std::vector<std::int16_t> samples;
  std::uint32_t s = 1;
  for (int i = 0; i < 48'128; ++i) {
    const double t = i / 16'000.0;
    s = 1'664'525U * s + 1'013'904'223U;
    const double noise = 0.002 * ((s >> 8) / 8'388'608.0 - 1);
    const double p = kTurn * 130 * t + 12 * std::sin(kTurn * 1.5 * t);
    double voice = 0;
    for (int k = 1; k <= 20; ++k) voice += 0.1 * std::sin(k * p) / k;
    const bool on = (t >= 0.5 && t < 2) || t >= 2.5;
    const double envelope = on ? std::pow(std::sin(kTurn * 2 * t), 2) : 0;
    samples.push_back(static_cast<std::int16_t>(std::lround((voice * envelope + noise) * 32'768)));
  }
  return samples;
}

// Another made voice, higher and faster, of as many samples.
inline std::vector<std::int16_t> AnotherVoice() {
  constexpr double kTurn = 2 * std::numbers::pi;
  std::vector<std::int16_t> samples;
  for (int i = 0; i < 48'128; ++i) {
    const double t = i / 16'000.0;
    const double p = kTurn * 300 * t + 12 * std::sin(kTurn * 2.3 * t);
    double voice = 0;
    for (int k = 1; k <= 20; ++k) voice += 0.1 * std::sin(k * p) / k;
    const bool on = (t >= 0.5 && t < 2) || t >= 2.5;
    const double envelope = on ? std::pow(std::sin(kTurn * 4.3 * t), 2) : 0;
    samples.push_back(static_cast<std::int16_t>(std::lround(voice * envelope * 32'768)));
  }
  return samples;
}

}  // namespace sezim
