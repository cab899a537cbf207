// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace sezim {

// Expected calibration error (Guo, Pleiss, Sun and Weinberger 2017, "On calibration of modern neural networks"): clips
// are put into `num_bins` bins of equal width by their confidence, ((b - 1) / n, b / n], 0 into the first; the mean,
// weighted by how many clips are in each, of |share that was right - mean confidence|. `confidences` in [0, 1], with
// `is_right` beside them. In [0, 1]; NaN for no clips. Throws ContractViolation for a confidence outside [0, 1].
double ExpectedCalibrationError(std::span<const double> confidences, const std::vector<bool>& is_right,
                                std::size_t num_bins = 15);

// What is behind it, for reliability diagrams: the bins that hold clips, from the least confident.
struct ReliabilityBin {
  std::size_t num_clips = 0;
  double mean_confidence = 0;
  double accuracy = 0;
};
std::vector<ReliabilityBin> ReliabilityBins(std::span<const double> confidences, const std::vector<bool>& is_right,
                                            std::size_t num_bins = 15);

// What abstaining gives: with answers only where the confidence is at least `threshold`, a share `coverage` of the
// clips is answered and a share `risk` of the answers is wrong.
struct RiskAtCoverage {
  double threshold = 0;
  double coverage = 0;
  double risk = 0;
};

// The risk-coverage curve (El-Yaniv and Wiener 2010, "On the foundations of noise-free selective classification"), from
// the most confident clips alone to all clips; clips of equal confidence are answered together. Empty for no clips.
std::vector<RiskAtCoverage> RiskCoverageCurve(std::span<const double> confidences, const std::vector<bool>& is_right);

// The area under it: the risk averaged over the coverages k / n (Geifman, Uziel and El-Yaniv 2019, "Bias-reduced
// uncertainty estimation for deep neural classifiers"), each point standing for the coverages since the one before.
// Lower is better. NaN for an empty curve.
double AreaUnderRiskCoverage(std::span<const RiskAtCoverage> curve);

}  // namespace sezim
