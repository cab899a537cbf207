// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/sound_quality.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace sezim {
namespace {

constexpr std::size_t kFrameSamples = 800;
constexpr std::size_t kEnoughFrames = 6;
constexpr double kQuietestPower = 1e-9;  // -90 dB: what 16 bits can tell from silence
constexpr int kFullScale = 32'700;

double Quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace

std::vector<double> FramePowers(std::span<const std::int16_t> samples) {
  std::vector<double> powers;
  for (; samples.size() >= kFrameSamples; samples = samples.subspan(kFrameSamples)) {
    double sum = 0;
    for (const std::int16_t sample : samples.first(kFrameSamples)) sum += std::pow(sample / 32768.0, 2);
    powers.push_back(sum / kFrameSamples);
  }
  return powers;
}

SoundQuality MeasureSound(std::span<const std::int16_t> voice, std::span<const std::int16_t> beside) {
  SoundQuality quality;
  if (voice.empty()) return quality;
  const auto num_clipped = std::count_if(voice.begin(), voice.end(),
                                         [](std::int16_t sample) { return std::abs(int{sample}) >= kFullScale; });
  quality.clipped_share = static_cast<double>(num_clipped) / static_cast<double>(voice.size());

  const std::vector<double> of_voice = FramePowers(voice);
  const std::vector<double> of_noise = FramePowers(beside);
  const bool is_known = of_noise.size() >= kEnoughFrames;
  double noise = Quantile(of_voice, 0.1);
  if (is_known) noise = std::min(noise, Quantile(of_noise, 0.5));
  noise = std::max(noise, kQuietestPower);
  double both = 0;
  for (const double power : of_voice) both += power / static_cast<double>(of_voice.size());
  const double ratio = (both - noise) / noise;
  quality.snr_db = std::clamp(10 * std::log10(std::max(ratio, 1e-9)), -20.0, 80.0);
  return quality;
}

}  // namespace sezim
