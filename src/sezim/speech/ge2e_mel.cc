// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/ge2e_mel.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace sezim {
namespace {

constexpr double kQuietest = 0.0316227766;  // -30 dB of full scale

}  // namespace

MelFrames Ge2eMel(std::span<const float> samples) {
  double energy = 0;
  for (const float sample : samples) energy += double{sample} * sample;
  const double rms = samples.empty() ? 0 : std::sqrt(energy / static_cast<double>(samples.size()));
  const double gain = rms > 0 ? std::max(1.0, kQuietest / rms) : 1;
  std::vector<float> sound;
  sound.reserve(samples.size());
  for (const float sample : samples) sound.push_back(static_cast<float>(gain * sample));
  return MelPower(sound, {});
}

}  // namespace sezim
