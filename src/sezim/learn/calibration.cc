// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

void CheckConfidences(std::span<const double> confidences, const std::vector<bool>& is_right) {
  Check(confidences.size() == is_right.size(), "one truth for each confidence");
  for (const double one : confidences) Check(one >= 0 && one <= 1, "a confidence lies in [0, 1]");
}

}  // namespace

std::vector<ReliabilityBin> ReliabilityBins(std::span<const double> confidences, const std::vector<bool>& is_right,
                                            std::size_t num_bins) {
  CheckConfidences(confidences, is_right);
  Check(num_bins > 0, "there is at least one bin");
  std::vector<ReliabilityBin> bins(num_bins);  // sums at first
  for (std::size_t i = 0; i < confidences.size(); ++i) {
    const double position = std::ceil(confidences[i] * static_cast<double>(num_bins));
    ReliabilityBin& bin = bins[static_cast<std::size_t>(std::max(position, 1.0)) - 1];
    ++bin.num_clips;
    bin.mean_confidence += confidences[i];
    bin.accuracy += is_right[i] ? 1 : 0;
  }
  std::erase_if(bins, [](const ReliabilityBin& bin) { return bin.num_clips == 0; });
  for (ReliabilityBin& bin : bins) {
    bin.mean_confidence /= static_cast<double>(bin.num_clips);
    bin.accuracy /= static_cast<double>(bin.num_clips);
  }
  return bins;
}

double ExpectedCalibrationError(std::span<const double> confidences, const std::vector<bool>& is_right,
                                std::size_t num_bins) {
  const std::vector<ReliabilityBin> bins = ReliabilityBins(confidences, is_right, num_bins);
  if (bins.empty()) return kUnknown;
  double sum = 0;
  for (const ReliabilityBin& bin : bins) {
    sum += static_cast<double>(bin.num_clips) * std::abs(bin.accuracy - bin.mean_confidence);
  }
  return sum / static_cast<double>(confidences.size());
}

std::vector<RiskAtCoverage> RiskCoverageCurve(std::span<const double> confidences, const std::vector<bool>& is_right) {
  CheckConfidences(confidences, is_right);
  std::vector<std::size_t> order(confidences.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return confidences[a] > confidences[b]; });
  std::vector<RiskAtCoverage> curve;
  double num_wrong = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    num_wrong += is_right[order[i]] ? 0 : 1;
    const double confidence = confidences[order[i]];
    if (i + 1 < order.size() && confidences[order[i + 1]] == confidence) continue;
    const auto num_answered = static_cast<double>(i + 1);
    curve.push_back({.threshold = confidence,
                     .coverage = num_answered / static_cast<double>(order.size()),
                     .risk = num_wrong / num_answered});
  }
  return curve;
}

double AreaUnderRiskCoverage(std::span<const RiskAtCoverage> curve) {
  if (curve.empty()) return kUnknown;
  double area = 0;
  double before = 0;
  for (const RiskAtCoverage& point : curve) {
    area += (point.coverage - before) * point.risk;
    before = point.coverage;
  }
  return area;
}

}  // namespace sezim
