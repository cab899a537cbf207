// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/mel_power.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/core.hpp>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr std::int64_t kFramesAtOnce = 256;

// Slaney's mel scale (Auditory Toolbox, 1998): 200/3 Hz a mel below 1 kHz, a factor of 6.4 in 27 mel above.
constexpr double kHzPerMel = 200.0 / 3;
constexpr double kBreakHz = 1000;
constexpr double kBreakMel = kBreakHz / kHzPerMel;
const double kLogStep = std::log(6.4) / 27;

double MelOfHz(double hz) {
  return hz < kBreakHz ? hz / kHzPerMel : kBreakMel + std::log(hz / kBreakHz) / kLogStep;
}

double HzOfMel(double mel) {
  return mel < kBreakMel ? mel * kHzPerMel : kBreakHz * std::exp(kLogStep * (mel - kBreakMel));
}

// num_bands x (window / 2 + 1) weights.
cv::Mat Triangles(const MelPowerOptions& options) {
  const double top_mel = MelOfHz(options.sample_rate_hz / 2);
  const auto edge_hz = [&](int i) { return HzOfMel(top_mel * i / (options.num_bands + 1)); };
  cv::Mat weights(options.num_bands, options.window_samples / 2 + 1, CV_32F);
  for (int band = 0; band < options.num_bands; ++band) {
    const double low = edge_hz(band), middle = edge_hz(band + 1), high = edge_hz(band + 2);
    for (int bin = 0; bin < weights.cols; ++bin) {
      const double hz = bin * options.sample_rate_hz / options.window_samples;
      const double height = std::min((hz - low) / (middle - low), (high - hz) / (high - middle));
      weights.at<float>(band, bin) = static_cast<float>(std::max(0.0, height) * 2 / (high - low));
    }
  }
  return weights;
}

}  // namespace

std::span<const float> MelFrames::Frame(std::int64_t index) const {
  const auto size = static_cast<std::size_t>(num_bands);
  return std::span(power).subspan(static_cast<std::size_t>(index) * size, size);
}

MelFrames MelPower(std::span<const float> samples, const MelPowerOptions& options) {
  Check(options.window_samples >= 16 && options.window_samples % 2 == 0 && options.hop_samples > 0 &&
            options.num_bands > 0,
        "a window of an even number of samples");
  MelFrames frames{.num_bands = options.num_bands};
  if (samples.empty()) return frames;
  frames.num_frames = static_cast<std::int64_t>(samples.size()) / options.hop_samples + 1;
  frames.power.reserve(static_cast<std::size_t>(frames.num_frames * options.num_bands));

  std::vector<float> window;
  for (int i = 0; i < options.window_samples; ++i) {
    window.push_back(static_cast<float>(0.5 - 0.5 * std::cos(2 * std::numbers::pi * i / options.window_samples)));
  }
  const cv::Mat triangles = Triangles(options);
  for (std::int64_t first = 0; first < frames.num_frames; first += kFramesAtOnce) {
    const auto count = static_cast<int>(std::min(kFramesAtOnce, frames.num_frames - first));
    cv::Mat windowed(count, options.window_samples, CV_32F, cv::Scalar(0));
    for (int row = 0; row < count; ++row) {
      const std::int64_t start = (first + row) * options.hop_samples - options.window_samples / 2;
      for (int i = 0; i < options.window_samples; ++i) {
        const std::int64_t at = start + i;
        if (at < 0 || at >= static_cast<std::int64_t>(samples.size())) continue;
        const auto index = static_cast<std::size_t>(i);
        windowed.at<float>(row, i) = samples[static_cast<std::size_t>(at)] * window[index];
      }
    }
    cv::Mat spectrum;
    cv::dft(windowed, spectrum, cv::DFT_ROWS | cv::DFT_COMPLEX_OUTPUT);
    cv::Mat power(count, triangles.cols, CV_32F);
    for (int row = 0; row < count; ++row) {
      for (int bin = 0; bin < power.cols; ++bin) {
        const auto& value = spectrum.at<cv::Vec2f>(row, bin);
        power.at<float>(row, bin) = value[0] * value[0] + value[1] * value[1];
      }
    }
    cv::Mat mel;
    cv::gemm(power, triangles, 1, cv::noArray(), 0, mel, cv::GEMM_2_T);
    frames.power.insert(frames.power.end(), mel.begin<float>(), mel.end<float>());
  }
  return frames;
}

}  // namespace sezim
