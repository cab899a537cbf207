// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/kaldi_fbank.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "sezim/features/mel_filters.h"
#include "sezim/features/real_fft.h"
#include "sezim/features/window.h"

namespace sezim {
namespace {

constexpr std::size_t kWindow = 400, kHop = 160;
constexpr int kTransform = 512;
constexpr float kEmphasis = 0.97F;
constexpr float kScale16Bit = 32'768;

}  // namespace

FeatureMatrix KaldiFbank(std::span<const float> samples, int num_bands) {
  FeatureMatrix frames{.num_frames = 0, .dim = num_bands, .values = {}};
  if (samples.size() < kWindow) return frames;
  frames.num_frames = static_cast<std::int64_t>((samples.size() - kWindow) / kHop + 1);
  frames.values.resize(static_cast<std::size_t>(frames.num_frames * num_bands));
  const std::vector<float> window = MakeWindow(WindowShape::kPovey, kWindow, WindowEnd::kSymmetric);
  const MelFilters filters({.fft_size = kTransform, .num_bands = num_bands, .low_hz = 20});
  RealFft fft(kTransform);
  std::vector<float> power(static_cast<std::size_t>(fft.num_bins()) + MelFilters::kPadding);
  for (std::int64_t frame = 0; frame < frames.num_frames; ++frame) {
    const auto sound = samples.subspan(static_cast<std::size_t>(frame) * kHop, kWindow);
    const std::span<float> in = fft.input();
    const auto mean = static_cast<float>(std::accumulate(sound.begin(), sound.end(), 0.0) / kWindow);
    std::fill(in.begin(), in.end(), 0.0F);
    for (std::size_t i = 0; i < kWindow; ++i) {
      const float before = sound[i > 0 ? i - 1 : 0] - mean;
      in[i] = kScale16Bit * (sound[i] - mean - kEmphasis * before) * window[i];
    }
    fft.Power(power);
    power[static_cast<std::size_t>(fft.num_bins() - 1)] = 0;  // Kaldi's bands leave half the sample rate out
    filters.Apply(power, frames.Frame(frame));
    for (float& band : frames.Frame(frame)) band = std::log(std::max(band, std::numeric_limits<float>::epsilon()));
  }
  return frames;
}

}  // namespace sezim
