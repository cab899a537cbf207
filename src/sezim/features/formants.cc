// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/formants.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "sezim/features/real_fft.h"
#include "sezim/features/window.h"

namespace sezim {
namespace {

constexpr std::size_t kOrder = 10;
constexpr double kTopHz = 5500;
constexpr double kEmphasisHz = 50;
constexpr double kMarginHz = 50;  // from 0 and kTopHz, where poles are no formants
constexpr double kMaxBandwidthHz = 700;

using Polynomial = std::array<double, kOrder + 1>;  // 1 + a1 z^-1 + …

// Levinson and Durbin's recursion. False where the frame is no signal.
bool PredictorOf(std::array<double, kOrder + 1> correlation, Polynomial& a) {
  if (correlation[0] <= 1e-12) return false;
  correlation[0] *= 1 + 1e-9;
  double error = correlation[0];
  a.fill(0);
  a[0] = 1;
  for (std::size_t i = 1; i <= kOrder; ++i) {
    double sum = correlation[i];
    for (std::size_t j = 1; j < i; ++j) sum += a[j] * correlation[i - j];
    const double reflection = -sum / error;
    const Polynomial last = a;
    for (std::size_t j = 1; j < i; ++j) a[j] = last[j] + reflection * last[i - j];
    a[i] = reflection;
    error *= 1 - reflection * reflection;
    if (error <= 0) return false;
  }
  return true;
}

// All roots at once (Durand 1960, Kerner 1966).
std::array<std::complex<double>, kOrder> RootsOf(const Polynomial& a) {
  std::array<std::complex<double>, kOrder> roots;
  for (std::size_t i = 0; i < kOrder; ++i)
    roots[i] = std::polar(0.9, 0.3 + 2 * std::numbers::pi * static_cast<double>(i) / kOrder);
  for (int round = 0; round < 60; ++round) {
    double largest = 0;
    for (std::size_t i = 0; i < kOrder; ++i) {
      std::complex<double> value = 1, others = 1;
      for (std::size_t k = 1; k <= kOrder; ++k) value = value * roots[i] + a[k];
      for (std::size_t j = 0; j < kOrder; ++j) others *= j == i ? 1.0 : roots[i] - roots[j];
      if (std::norm(others) < 1e-60) continue;
      const std::complex<double> step = value / others;
      roots[i] -= step;
      largest = std::max(largest, std::norm(step));
    }
    if (largest < 1e-16) break;
  }
  return roots;
}

}  // namespace

struct FormantFinder::Impl {
  Impl(double rate, int window_samples)
      : sample_rate_hz(rate),
        window(MakeWindow(WindowShape::kHamming, window_samples, WindowEnd::kSymmetric)),
        fft(static_cast<int>(std::bit_ceil(static_cast<unsigned>(2 * window_samples)))),
        power(static_cast<std::size_t>(fft.num_bins())),
        emphasis(static_cast<float>(std::exp(-2 * std::numbers::pi * kEmphasisHz / rate))) {
    top_hz = std::min(kTopHz, rate / 2);
    num_bins = static_cast<std::size_t>(std::lround(top_hz * fft.size() / rate));
    for (std::size_t lag = 0; lag <= kOrder; ++lag) {
      for (std::size_t k = 0; k <= num_bins; ++k) {
        const double weight = k == 0 || k == num_bins ? 1 : 2;
        cosines.push_back(weight *
                          std::cos(std::numbers::pi * static_cast<double>(k * lag) / static_cast<double>(num_bins)));
      }
    }
  }

  double sample_rate_hz;
  std::vector<float> window;
  RealFft fft;
  std::vector<float> power;
  float emphasis;
  double top_hz = 0;
  std::size_t num_bins = 0;  // below top_hz
  std::vector<double> cosines{};
};

FormantFinder::FormantFinder(double sample_rate_hz, int window_samples)
    : impl_(std::make_unique<Impl>(sample_rate_hz, window_samples)) {}
FormantFinder::~FormantFinder() = default;

Formants FormantFinder::Find(std::span<const float> frame) {
  Impl& m = *impl_;
  const std::span<float> in = m.fft.input();
  std::fill(in.begin(), in.end(), 0.0F);
  for (std::size_t i = 0; i < m.window.size(); ++i) {
    in[i] = (frame[i] - (i > 0 ? m.emphasis * frame[i - 1] : 0)) * m.window[i];
  }
  m.fft.Power(m.power);
  std::array<double, kOrder + 1> correlation{};
  for (std::size_t lag = 0; lag <= kOrder; ++lag) {
    const double* row = m.cosines.data() + lag * (m.num_bins + 1);
    for (std::size_t k = 0; k <= m.num_bins; ++k) correlation[lag] += row[k] * static_cast<double>(m.power[k]);
  }
  Polynomial predictor;
  if (!PredictorOf(correlation, predictor)) return {};
  std::vector<std::pair<double, double>> found;  // frequency, bandwidth
  for (const std::complex<double>& root : RootsOf(predictor)) {
    if (root.imag() <= 0) continue;
    const double hz = std::arg(root) * m.top_hz / std::numbers::pi;
    const double bandwidth_hz = -std::log(std::abs(root)) * 2 * m.top_hz / std::numbers::pi;
    if (hz < kMarginHz || hz > m.top_hz - kMarginHz || bandwidth_hz <= 0 || bandwidth_hz > kMaxBandwidthHz) continue;
    found.emplace_back(hz, bandwidth_hz);
  }
  std::sort(found.begin(), found.end());
  Formants formants;
  for (std::size_t i = 0; i < std::min(found.size(), kNumFormants); ++i) {
    formants.hz[i] = found[i].first;
    formants.bandwidth_hz[i] = found[i].second;
  }
  return formants;
}

}  // namespace sezim
