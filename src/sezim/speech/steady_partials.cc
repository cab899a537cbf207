// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/steady_partials.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <opencv2/core.hpp>
#include <vector>

namespace sezim {
namespace {

constexpr int kWindow = 2048;
constexpr std::size_t kHop = 512;
constexpr int kNumBins = kWindow / 2 + 1;
constexpr double kHzPerBin = 16'000.0 / kWindow;
constexpr int kFirstBin = static_cast<int>(300 / kHzPerBin);
constexpr int kEndBin = static_cast<int>(4000 / kHzPerBin);
constexpr float kProminenceDb = 10;
constexpr int kAround = 20;          // bins on either side that a peak is compared with
constexpr int kAroundStep = 4;       // every so many of them
constexpr std::size_t kSteady = 10;  // frames

using Marks = std::vector<char>;  // of each bin

// Decibels of each bin.
std::vector<float> Spectrum(std::span<const std::int16_t> samples) {
  static const std::vector<float> window = [] {
    std::vector<float> hann;
    for (int i = 0; i < kWindow; ++i) {
      hann.push_back(static_cast<float>(0.5 - 0.5 * std::cos(2 * std::numbers::pi * i / (kWindow - 1))));
    }
    return hann;
  }();
  cv::Mat windowed(1, kWindow, CV_32F), spectrum;
  for (int i = 0; i < kWindow; ++i) {
    const auto at = static_cast<std::size_t>(i);
    windowed.at<float>(i) = static_cast<float>(samples[at]) / 32768 * window[at];
  }
  cv::dft(windowed, spectrum, cv::DFT_COMPLEX_OUTPUT);
  std::vector<float> decibels;
  for (int bin = 0; bin < kNumBins; ++bin) {
    const auto& value = spectrum.at<cv::Vec2f>(bin);
    decibels.push_back(10 * std::log10(value[0] * value[0] + value[1] * value[1] + 1e-10F));
  }
  return decibels;
}

Marks Peaks(const std::vector<float>& decibels) {
  Marks peaks(kNumBins, 0);
  for (int bin = kFirstBin; bin < kEndBin; ++bin) {
    const auto at = [&](int index) { return decibels[static_cast<std::size_t>(std::clamp(index, 0, kNumBins - 1))]; };
    if (at(bin) < at(bin - 1) || at(bin) < at(bin + 1)) continue;
    std::array<float, 2 * kAround / kAroundStep + 1> around{};
    for (std::size_t i = 0; i < around.size(); ++i) around[i] = at(bin - kAround + kAroundStep * static_cast<int>(i));
    const auto middle = around.begin() + around.size() / 2;
    std::nth_element(around.begin(), middle, around.end());
    peaks[static_cast<std::size_t>(bin)] = at(bin) > *middle + kProminenceDb;
  }
  return peaks;
}

}  // namespace

double SteadyPartials(std::span<const std::int16_t> samples) {
  std::vector<Marks> peaks;
  for (std::size_t from = 0; from + kWindow <= samples.size(); from += kHop) {
    peaks.push_back(Peaks(Spectrum(samples.subspan(from, kWindow))));
  }
  if (peaks.size() < kSteady) return 0;
  // For each bin, stretches of frames that have a peak in it or in one beside it; in long ones its own peaks count.
  std::int64_t num_steady = 0;
  for (std::size_t bin = kFirstBin; bin < kEndBin; ++bin) {
    for (std::size_t start = 0; start < peaks.size();) {
      std::size_t end = start;
      std::int64_t num_own = 0;
      for (; end < peaks.size() && (peaks[end][bin - 1] | peaks[end][bin] | peaks[end][bin + 1]) != 0; ++end) {
        num_own += peaks[end][bin];
      }
      if (end - start >= kSteady) num_steady += num_own;
      start = end + 1;
    }
  }
  return static_cast<double>(num_steady) / static_cast<double>(peaks.size());
}

}  // namespace sezim
