// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/mfcc.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <opencv2/core.hpp>

namespace sezim {
namespace {

constexpr double kSampleRate = 16'000;
constexpr int kWindow = 400;
constexpr int kTransform = 512;
constexpr int kNumBins = kTransform / 2 + 1;
constexpr int kNumBands = 26;
constexpr double kPreEmphasis = 0.97;
constexpr double kLifter = 22;
constexpr double kFloor = std::numeric_limits<double>::epsilon();  // of a power whose logarithm is taken

double MelOfHz(double hz) {
  return 2595 * std::log10(1 + hz / 700);
}

double HzOfMel(double mel) {
  return 700 * (std::pow(10, mel / 2595) - 1);
}

// kNumBands x kNumBins weights; the triangles' corners lie on whole bins.
cv::Mat Triangles() {
  const double step_mel = MelOfHz(kSampleRate / 2) / (kNumBands + 1);
  const auto corner = [&](int i) {
    return static_cast<int>(std::floor((kTransform + 1) * HzOfMel(i * step_mel) / kSampleRate));
  };
  cv::Mat weights = cv::Mat::zeros(kNumBands, kNumBins, CV_64F);
  for (int band = 0; band < kNumBands; ++band) {
    const int low = corner(band), middle = corner(band + 1), high = corner(band + 2);
    for (int bin = low; bin < middle; ++bin) weights.at<double>(band, bin) = double(bin - low) / (middle - low);
    for (int bin = middle; bin < high; ++bin) weights.at<double>(band, bin) = double(high - bin) / (high - middle);
  }
  return weights;
}

// kNumMfcc x kNumBands: the cosine transform and the lifter.
cv::Mat Cosines() {
  cv::Mat weights(kNumMfcc, kNumBands, CV_64F);
  for (int k = 0; k < kNumMfcc; ++k) {
    const double norm = std::sqrt((k == 0 ? 1.0 : 2.0) / kNumBands);
    const double lift = 1 + kLifter / 2 * std::sin(std::numbers::pi * k / kLifter);
    for (int band = 0; band < kNumBands; ++band) {
      weights.at<double>(k, band) = norm * lift * std::cos(std::numbers::pi * k * (band + 0.5) / kNumBands);
    }
  }
  return weights;
}

double LogOf(double power) {
  return std::log(power > 0 ? power : kFloor);
}

}  // namespace

std::vector<float> Mfcc(std::span<const std::int16_t> samples, std::int64_t num_frames) {
  static const cv::Mat triangles = Triangles();
  static const cv::Mat cosines = Cosines();
  const auto emphasized = [&](std::int64_t at) {
    const auto sample = [&](std::int64_t i) { return static_cast<double>(samples[static_cast<std::size_t>(i)]); };
    if (at >= static_cast<std::int64_t>(samples.size())) return 0.0;
    return at > 0 ? sample(at) - kPreEmphasis * sample(at - 1) : sample(at);
  };
  std::vector<float> coefficients;
  coefficients.reserve(static_cast<std::size_t>(num_frames * kNumMfcc));
  cv::Mat frame(1, kTransform, CV_64F);
  cv::Mat power(kNumBins, 1, CV_64F);
  cv::Mat spectrum;
  for (std::int64_t i = 0; i < num_frames; ++i) {
    frame.setTo(0);
    for (int k = 0; k < kWindow; ++k) frame.at<double>(k) = emphasized(i * kMfccHopSamples + k);
    cv::dft(frame, spectrum, cv::DFT_COMPLEX_OUTPUT);
    double energy = 0;
    for (int bin = 0; bin < kNumBins; ++bin) {
      const auto& value = spectrum.at<cv::Vec2d>(bin);
      power.at<double>(bin) = (value[0] * value[0] + value[1] * value[1]) / kTransform;
      energy += power.at<double>(bin);
    }
    cv::Mat bands = triangles * power;
    for (int band = 0; band < kNumBands; ++band) bands.at<double>(band) = LogOf(bands.at<double>(band));
    const cv::Mat of_frame = cosines * bands;
    coefficients.push_back(static_cast<float>(LogOf(energy)));
    for (int k = 1; k < kNumMfcc; ++k) coefficients.push_back(static_cast<float>(of_frame.at<double>(k)));
  }
  return coefficients;
}

}  // namespace sezim
