// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/spectrogram_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr double kLeastDeviation = 1e-9;  // a bin that varies less does not change

const SpectrogramOptions& Checked(const SpectrogramOptions& options) {
  options.Check();
  return options;
}

int Samples(double seconds, const SpectrogramOptions& options) {
  return static_cast<int>(std::lround(seconds * options.sample_rate_hz));
}

}  // namespace

void SpectrogramOptions::Check() const {
  OptionChecks checks("spectrogram");
  checks.Require(hop_s > 0 && window_s >= hop_s && window_s <= 1,
                 fmt::format("hop_s must be above 0 and at most window_s, not {} and {}", hop_s, window_s));
  checks.Require(Samples(hop_s, *this) >= 1, fmt::format("hop_s must be at least a sample, not {} s", hop_s));
  checks.Require(fft_size >= Samples(window_s, *this) && fft_size % 2 == 0 && fft_size <= 1 << 16,
                 fmt::format("fft_size must be even and at least the window's {} samples, not {}",
                             Samples(window_s, *this), fft_size));
  checks.Require(pre_emphasis >= 0 && pre_emphasis < 1,
                 fmt::format("pre_emphasis must be at least 0 and below 1, not {}", pre_emphasis));
  checks.ThrowIfAny();
}

SpectrogramFeatures::SpectrogramFeatures(const SpectrogramOptions& options)
    : options_(Checked(options)),
      spectrum_({.window_samples = Samples(options.window_s, options),
                 .fft_size = options.fft_size,
                 .hop_samples = Samples(options.hop_s, options),
                 .window = WindowShape::kHamming,
                 .window_end = WindowEnd::kSymmetric,
                 .edges = FrameEdges::kWhole}),
      magnitudes_(spectrum_.num_bins()) {}

int SpectrogramFeatures::dim() const {
  return options_.is_two_sided ? options_.fft_size : options_.fft_size / 2;
}

std::vector<std::string> SpectrogramFeatures::names() const {
  std::vector<std::string> names;
  for (int bin = 0; bin < dim(); ++bin) names.push_back(fmt::format("bin{}", bin));
  return names;
}

void SpectrogramFeatures::AcceptWaveform(std::span<const float> samples) {
  const auto emphasis = static_cast<float>(options_.pre_emphasis);
  emphasized_.clear();
  for (const float sample : samples) {
    emphasized_.push_back(sample - emphasis * last_sample_);
    last_sample_ = sample;
  }
  spectrum_.Accept(emphasized_, [this](std::span<const float> power) { AcceptPower(power); });
}

void SpectrogramFeatures::AcceptPower(std::span<const float> power) {
  for (std::size_t k = 0; k < magnitudes_.size(); ++k) magnitudes_[k] = std::sqrt(power[k]);
  if (options_.is_normalized) {
    held_.insert(held_.end(), magnitudes_.begin(), magnitudes_.end());
  } else {
    EmitSides(magnitudes_);
  }
}

void SpectrogramFeatures::EmitSides(std::span<const float> magnitudes) {
  frame_.assign(magnitudes.begin(), magnitudes.end() - 1);
  if (options_.is_two_sided) frame_.insert(frame_.end(), magnitudes.rbegin(), magnitudes.rend() - 1);
  Emit(frame_);
}

void SpectrogramFeatures::InputFinished() {
  spectrum_.Finish([this](std::span<const float> power) { AcceptPower(power); });
  const std::size_t num_bins = magnitudes_.size();
  const std::size_t num_frames = held_.size() / num_bins;
  if (num_frames == 0) return;
  for (std::size_t k = 0; k < num_bins; ++k) {
    double mean = 0, square = 0;
    for (std::size_t i = 0; i < num_frames; ++i) mean += static_cast<double>(held_[i * num_bins + k]);
    mean /= static_cast<double>(num_frames);
    for (std::size_t i = 0; i < num_frames; ++i) {
      const double off = static_cast<double>(held_[i * num_bins + k]) - mean;
      square += off * off;
    }
    const double deviation = std::sqrt(square / static_cast<double>(std::max<std::size_t>(num_frames - 1, 1)));
    for (std::size_t i = 0; i < num_frames; ++i) {
      float& value = held_[i * num_bins + k];
      const double off = static_cast<double>(value) - mean;
      value = deviation > kLeastDeviation ? static_cast<float>(off / deviation) : 0;
    }
  }
  for (std::size_t i = 0; i < num_frames; ++i) EmitSides(std::span(held_).subspan(i * num_bins, num_bins));
  held_.clear();
}

}  // namespace sezim
