// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/logmel_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr float kLeastPower = 1e-10F;

LogMelOptions Completed(LogMelOptions options) {
  if (options.high_hz == 0) options.high_hz = options.sample_rate_hz / 2;
  options.Check();
  return options;
}

}  // namespace

void LogMelOptions::Check() const {
  OptionChecks checks("logmel");
  checks.Require(fft_size >= 16 && fft_size <= 1 << 16 && fft_size % 2 == 0,
                 fmt::format("fft_size must be even and from 16 to 65536, not {}", fft_size));
  checks.Require(hop_samples >= 1 && hop_samples <= fft_size,
                 fmt::format("hop must be from 1 to fft_size samples, not {}", hop_samples));
  checks.Require(top_db >= 0, fmt::format("top_db must not be below 0, but is {}", top_db));
  checks.ThrowIfAny();
  MelFilterOptions{.sample_rate_hz = sample_rate_hz, .num_bands = num_bands, .low_hz = low_hz, .high_hz = high_hz}
      .Check();
}

LogMelFeatures::LogMelFeatures(const LogMelOptions& options)
    : options_(Completed(options)),
      spectrum_(
          {.window_samples = options_.fft_size, .fft_size = options_.fft_size, .hop_samples = options_.hop_samples}),
      filters_({.sample_rate_hz = options_.sample_rate_hz,
                .fft_size = options_.fft_size,
                .num_bands = options_.num_bands,
                .low_hz = options_.low_hz,
                .high_hz = options_.high_hz,
                .scale = options_.scale,
                .triangles = MelTriangles::kStraightInHz,
                .has_unit_area = true}),
      bands_(static_cast<std::size_t>(options_.num_bands)) {}

std::vector<std::string> LogMelFeatures::names() const {
  std::vector<std::string> names;
  for (int band = 0; band < options_.num_bands; ++band) names.push_back(fmt::format("logmel{}", band));
  return names;
}

void LogMelFeatures::AcceptWaveform(std::span<const float> samples) {
  spectrum_.Accept(samples, [this](std::span<const float> power) { AcceptPower(power); });
}

void LogMelFeatures::AcceptPower(std::span<const float> power) {
  filters_.Apply(power, bands_);
  for (float& band : bands_) band = 10 * std::log10(std::max(band, kLeastPower));
  if (options_.top_db > 0) {
    held_.insert(held_.end(), bands_.begin(), bands_.end());
  } else {
    Emit(bands_);
  }
}

void LogMelFeatures::InputFinished() {
  spectrum_.Finish([this](std::span<const float> power) { AcceptPower(power); });
  if (held_.empty()) return;
  const float least = *std::max_element(held_.begin(), held_.end()) - static_cast<float>(options_.top_db);
  for (float& value : held_) value = std::max(value, least);
  for (std::size_t start = 0; start < held_.size(); start += bands_.size()) {
    Emit(std::span(held_).subspan(start, bands_.size()));
  }
  held_.clear();
}

}  // namespace sezim
