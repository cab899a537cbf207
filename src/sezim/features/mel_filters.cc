// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/mel_filters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sezim/base/error.h"
#include "sezim/features/dot_product.h"

namespace sezim {
namespace {

constexpr double kHzPerMel = 200.0 / 3;  // Slaney's, below the break
constexpr double kBreakHz = 1000;
constexpr double kBreakMel = kBreakHz / kHzPerMel;
const double kLogStep = std::log(6.4) / 27;

// Height of a triangle with these corners at x.
double HeightAt(double x, double low, double middle, double high) {
  if (x <= low || x >= high) return 0;
  return x <= middle ? (x - low) / (middle - low) : (high - x) / (high - middle);
}

}  // namespace

double MelOfHz(MelScale scale, double hz) {
  if (scale == MelScale::kHtk) return 2595 * std::log10(1 + hz / 700);
  return hz < kBreakHz ? hz / kHzPerMel : kBreakMel + std::log(hz / kBreakHz) / kLogStep;
}

double HzOfMel(MelScale scale, double mel) {
  if (scale == MelScale::kHtk) return 700 * (std::pow(10, mel / 2595) - 1);
  return mel < kBreakMel ? mel * kHzPerMel : kBreakHz * std::exp(kLogStep * (mel - kBreakMel));
}

void MelFilterOptions::Check() const {
  OptionChecks checks("mel bands");
  checks.Require(num_bands >= 1 && num_bands <= 512, fmt::format("bands must be from 1 to 512, not {}", num_bands));
  checks.Require(low_hz >= 0 && low_hz < high_hz && high_hz <= sample_rate_hz / 2,
                 fmt::format("low_hz and high_hz must ascend within 0 to {} Hz, half the sample rate, not {} and {}",
                             sample_rate_hz / 2, low_hz, high_hz));
  checks.ThrowIfAny();
}

MelFilters::MelFilters(const MelFilterOptions& options)
    : num_bins_(static_cast<std::size_t>(options.fft_size) / 2 + 1) {
  options.Check();
  const double low_mel = MelOfHz(options.scale, options.low_hz);
  const double step_mel = (MelOfHz(options.scale, options.high_hz) - low_mel) / (options.num_bands + 1);
  const auto corner_mel = [&](int i) { return low_mel + step_mel * i; };
  const auto corner_hz = [&](int i) { return HzOfMel(options.scale, corner_mel(i)); };
  const auto corner = [&](int i) {
    switch (options.triangles) {
      case MelTriangles::kStraightInMel: return corner_mel(i);
      case MelTriangles::kOnBins: return std::floor((options.fft_size + 1) * corner_hz(i) / options.sample_rate_hz);
      default: return corner_hz(i);
    }
  };
  const auto place = [&](std::size_t bin) {
    const double hz = static_cast<double>(bin) * options.sample_rate_hz / options.fft_size;
    switch (options.triangles) {
      case MelTriangles::kStraightInMel: return MelOfHz(options.scale, hz);
      case MelTriangles::kOnBins: return static_cast<double>(bin);
      default: return hz;
    }
  };
  for (int band = 0; band < options.num_bands; ++band) {
    const double low = corner(band), middle = corner(band + 1), high = corner(band + 2);
    const double scale = options.has_unit_area ? 2 / (corner_hz(band + 2) - corner_hz(band)) : 1;
    Band sparse{.first_bin = num_bins_, .first_weight = weights_.size(), .num_weights = 0};
    for (std::size_t bin = 0; bin < num_bins_; ++bin) {
      const double height = HeightAt(place(bin), low, middle, high);
      if (height <= 0 && sparse.first_bin == num_bins_) continue;
      if (height <= 0) break;
      sparse.first_bin = std::min(sparse.first_bin, bin);
      weights_.push_back(static_cast<float>(height * scale));
    }
    while ((weights_.size() - sparse.first_weight) % kPadding != 0) weights_.push_back(0);
    sparse.num_weights = weights_.size() - sparse.first_weight;
    bands_.push_back(sparse);
  }
}

void MelFilters::Apply(std::span<const float> power, std::span<float> bands) const {
  Check(power.size() >= num_bins_ + kPadding && bands.size() >= bands_.size(), "a spectrum of the filters' size");
  for (std::size_t i = 0; i < bands_.size(); ++i) {
    const Band& band = bands_[i];
    bands[i] = DotProduct(power.data() + band.first_bin, weights_.data() + band.first_weight, band.num_weights);
  }
}

}  // namespace sezim
