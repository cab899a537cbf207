// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/short_time_spectrum.h"

#include <algorithm>

#include "sezim/base/error.h"

namespace sezim {
namespace {

std::vector<float> WindowOf(const SpectrumOptions& options) {
  Check(options.window_samples <= options.fft_size, "a window that the transform holds");
  std::vector<float> window = MakeWindow(options.window, options.window_samples, options.window_end);
  if (options.edges == FrameEdges::kCentred) {
    const int front = (options.fft_size - options.window_samples) / 2;
    window.insert(window.begin(), static_cast<std::size_t>(front), 0.0F);
    window.resize(static_cast<std::size_t>(options.fft_size));
  }
  return window;
}

}  // namespace

ShortTimeSpectrum::ShortTimeSpectrum(const SpectrumOptions& options)
    : window_(WindowOf(options)),
      cutter_(static_cast<int>(window_.size()), options.hop_samples, options.edges),
      fft_(options.fft_size),
      power_(static_cast<std::size_t>(fft_.num_bins()) + MelFilters::kPadding) {}

void ShortTimeSpectrum::Accept(std::span<const float> samples, const TakePower& take) {
  cutter_.Accept(samples, [&](std::span<const float> frame) { Transform(frame, take); });
}

void ShortTimeSpectrum::Finish(const TakePower& take) {
  cutter_.Finish([&](std::span<const float> frame) { Transform(frame, take); });
}

void ShortTimeSpectrum::Transform(std::span<const float> frame, const TakePower& take) {
  const std::span<float> in = fft_.input();
  for (std::size_t i = 0; i < frame.size(); ++i) in[i] = frame[i] * window_[i];
  std::fill(in.begin() + static_cast<std::ptrdiff_t>(frame.size()), in.end(), 0.0F);
  fft_.Power(power_);
  take(power_);
}

}  // namespace sezim
