// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/vggvox_spectrogram.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <vector>

#include "sezim/features/real_fft.h"
#include "sezim/features/window.h"

namespace sezim {
namespace {

constexpr std::size_t kWindow = 400, kHop = 160;
constexpr float kEmphasis = 0.97F;
constexpr float kScale16Bit = 32'768;

// Every column to mean 0 and standard deviation 1.
void Normalise(FeatureMatrix& frames) {
  const auto dim = static_cast<std::size_t>(frames.dim);
  std::vector<double> sums(dim, 0), squares(dim, 0);
  for (std::size_t i = 0; i < frames.values.size(); ++i) sums[i % dim] += static_cast<double>(frames.values[i]);
  const auto count = static_cast<double>(frames.num_frames);
  for (double& sum : sums) sum /= count;
  for (std::size_t i = 0; i < frames.values.size(); ++i) {
    squares[i % dim] += std::pow(static_cast<double>(frames.values[i]) - sums[i % dim], 2);
  }
  for (std::size_t i = 0; i < frames.values.size(); ++i) {
    const double deviation = std::sqrt(squares[i % dim] / std::max(1.0, count - 1));
    const double shifted = static_cast<double>(frames.values[i]) - sums[i % dim];
    frames.values[i] = deviation > 0 ? static_cast<float>(shifted / deviation) : 0.0F;
  }
}

}  // namespace

FeatureMatrix VggvoxSpectrogram(std::span<const float> samples) {
  FeatureMatrix frames{.num_frames = 0, .dim = kVggvoxBins, .values = {}};
  if (samples.size() < kWindow) return frames;
  frames.num_frames = static_cast<std::int64_t>((samples.size() - kWindow) / kHop + 1);
  frames.values.reserve(static_cast<std::size_t>(frames.num_frames * frames.dim));
  const std::vector<float> window = MakeWindow(WindowShape::kHamming, kWindow, WindowEnd::kSymmetric);
  RealFft fft(kVggvoxBins);
  for (std::int64_t frame = 0; frame < frames.num_frames; ++frame) {
    const std::span<float> in = fft.input();
    std::fill(in.begin(), in.end(), 0.0F);
    for (std::size_t i = 0; i < kWindow; ++i) {
      const std::size_t at = static_cast<std::size_t>(frame) * kHop + i;
      const float before = at > 0 ? samples[at - 1] : 0.0F;
      in[i] = kScale16Bit * (samples[at] - kEmphasis * before) * window[i];
    }
    const std::span<const std::complex<float>> bins = fft.Transform();
    for (const std::complex<float>& bin : bins) frames.values.push_back(std::abs(bin));
    for (std::size_t k = bins.size() - 2; k > 0; --k) frames.values.push_back(std::abs(bins[k]));
  }
  Normalise(frames);
  return frames;
}

}  // namespace sezim
