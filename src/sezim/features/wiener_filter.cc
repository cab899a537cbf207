// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/wiener_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numeric>

#include "sezim/base/error.h"
#include "sezim/features/real_fft.h"
#include "sezim/features/window.h"

namespace sezim {
namespace {

constexpr std::size_t kFrame = 512, kHop = 128, kNumBins = kFrame / 2 + 1;
constexpr std::size_t kMinFrames = 20;
constexpr float kOverlapScale = 1 / 1.5F;  // squared Hann windows a quarter apart add up to 1.5

// The mean power of each bin over the quietest frames.
std::vector<float> NoiseOf(const std::vector<float>& powers, double share) {
  const std::size_t num_frames = powers.size() / kNumBins;
  std::vector<float> levels;
  for (std::size_t i = 0; i < num_frames; ++i) {
    const auto from = powers.begin() + static_cast<std::ptrdiff_t>(i * kNumBins);
    levels.push_back(std::accumulate(from, from + kNumBins, 0.0F));
  }
  std::vector<std::size_t> order(num_frames);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return levels[a] < levels[b]; });
  order.resize(std::max<std::size_t>(1, static_cast<std::size_t>(share * static_cast<double>(num_frames))));
  std::vector<float> noise(kNumBins);
  for (const std::size_t i : order) {
    for (std::size_t k = 0; k < kNumBins; ++k) noise[k] += powers[i * kNumBins + k] / static_cast<float>(order.size());
  }
  return noise;
}

}  // namespace

void WienerOptions::Check() const {
  OptionChecks checks("Wiener filter");
  checks.Require(noise_share > 0 && noise_share <= 1,
                 fmt::format("noise_share must be above 0 and at most 1, not {}", noise_share));
  checks.Require(smoothing >= 0 && smoothing < 1,
                 fmt::format("smoothing must be at least 0 and below 1, not {}", smoothing));
  checks.Require(least_gain_db <= 0, fmt::format("least_gain_db must not be above 0, but is {}", least_gain_db));
  checks.ThrowIfAny();
}

std::vector<float> ReduceNoise(std::span<const float> samples, const WienerOptions& options) {
  options.Check();
  std::vector<float> padded(kFrame);  // silence around the sound, so that all of it lies in four frames
  padded.insert(padded.end(), samples.begin(), samples.end());
  padded.resize(padded.size() + kFrame + kHop - padded.size() % kHop);
  const std::size_t num_frames = (padded.size() - kFrame) / kHop + 1;
  if (samples.size() < kMinFrames * kHop) return {samples.begin(), samples.end()};

  const std::vector<float> window = MakeWindow(WindowShape::kHann, kFrame, WindowEnd::kPeriodic);
  RealFft fft(kFrame);
  std::vector<std::complex<float>> spectra;
  std::vector<float> powers;
  for (std::size_t i = 0; i < num_frames; ++i) {
    for (std::size_t n = 0; n < kFrame; ++n) fft.input()[n] = padded[i * kHop + n] * window[n];
    for (const std::complex<float>& bin : fft.Transform()) {
      spectra.push_back(bin);
      powers.push_back(std::norm(bin));
    }
  }
  // Frames that reach into the added silence say nothing about the noise.
  constexpr std::size_t kAdded = kFrame / kHop;
  const std::vector<float> inside(powers.begin() + kAdded * kNumBins,
                                  powers.end() - static_cast<std::ptrdiff_t>((kAdded + 1) * kNumBins));
  std::vector<float> noise = NoiseOf(inside, options.noise_share);
  for (float& one : noise) one = std::max(one, 1e-12F);

  const auto least_gain = static_cast<float>(std::pow(10, options.least_gain_db / 20));
  const auto smoothing = static_cast<float>(options.smoothing);
  std::vector<float> last_clean(kNumBins, 0.0F);  // power over noise
  std::vector<float> out(padded.size()), frame(kFrame);
  for (std::size_t i = 0; i < num_frames; ++i) {
    const std::span<std::complex<float>> bins(spectra.data() + i * kNumBins, kNumBins);
    for (std::size_t k = 0; k < kNumBins; ++k) {
      const float posterior = powers[i * kNumBins + k] / noise[k];
      const float prior = smoothing * last_clean[k] + (1 - smoothing) * std::max(posterior - 1, 0.0F);
      const float gain = prior / (1 + prior);
      last_clean[k] = gain * gain * posterior;
      bins[k] *= std::max(gain, least_gain);
    }
    fft.Inverse(bins, frame);
    for (std::size_t n = 0; n < kFrame; ++n) out[i * kHop + n] += frame[n] * window[n] * kOverlapScale;
  }
  out.erase(out.begin(), out.begin() + kFrame);
  out.resize(samples.size());
  return out;
}

}  // namespace sezim
