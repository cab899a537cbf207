// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "sezim/learn/bootstrap.h"
#include "sezim/learn/calibration.h"
#include "sezim/learn/fold_scores.h"

namespace sezim {

// What a system said of all that it was tested on, fold after fold. An utterance that several folds test (random draws)
// is there several times. All vectors go together; `scores` holds num_classes numbers for each.
struct PooledAnswers {
  std::size_t num_classes = 0;
  std::vector<std::size_t> utterances{};
  std::vector<std::size_t> truth{};
  std::vector<std::size_t> predicted{};  // the class with the largest score; the first of several
  std::vector<bool> is_right{};
  std::vector<float> scores{};
  std::vector<double> confidences{};  // the largest score, in [0, 1]; empty where a score is not finite
};

// `labels`: of all utterances. Requires that every tested utterance has a label below `num_classes`.
PooledAnswers PoolOf(std::span<const FoldScores> folds, std::span<const int> labels, int num_classes);

// Whether the answer to each utterance was right the first time that it was tested, in the order of utterances: what
// McNemar's test compares, which counts every utterance once.
std::vector<bool> FirstIsRight(const PooledAnswers& answers);

// The shares of the utterances that are answered, the surest first, at which accuracy is told.
inline constexpr std::array<double, 4> kToldCoverages = {1, 0.9, 0.8, 0.6};

// Figures of the answers of all folds together. NaN is a figure that cannot be: of no answers, of scores that are not
// finite, of one class only (auc), of one speaker only (uar_interval).
struct PooledFigures {
  double uar = 0;                     // over the classes that occur
  ConfidenceInterval uar_interval{};  // 95 %, by bootstrap of 1000 replicates
  bool by_speaker = false;            // the bootstrap drew speakers; else, of unknown speakers, utterances
  double auc = 0;                     // MulticlassAuc
  double calibration_error = 0;       // ExpectedCalibrationError, 15 bins
  double risk_coverage_area = 0;      // AreaUnderRiskCoverage
  std::array<double, kToldCoverages.size()> accuracy_at{};
};

// `speakers`: of all utterances, or empty; they are known if none of a tested utterance is empty.
PooledFigures PooledFiguresOf(const PooledAnswers& answers, std::span<const std::string> speakers);

// Accuracy where the least sure are not answered: of the fewest surest utterances that are at least the share
// `coverage` of all, where those of equal confidence are answered together. NaN for an empty curve.
double AccuracyAt(std::span<const RiskAtCoverage> curve, double coverage);

}  // namespace sezim
