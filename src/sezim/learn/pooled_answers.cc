// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/pooled_answers.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "sezim/base/error.h"
#include "sezim/learn/metrics.h"
#include "sezim/learn/multiclass_auc.h"
#include "sezim/learn/temperature.h"

namespace sezim {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kRounding = 1e-9;  // of a share of utterances

double UarOf(const PooledAnswers& answers, std::span<const std::size_t> items) {
  ConfusionMatrix matrix(answers.num_classes);
  for (const std::size_t item : items) matrix.Add(answers.truth[item], answers.predicted[item]);
  return items.empty() ? kUnknown : matrix.UnweightedAverageRecall();
}

// Who is drawn together: the speaker of each answer or, where one is unknown, the utterance, which several random draws
// may test.
std::vector<std::string> UnitsOf(const PooledAnswers& answers, std::span<const std::string> speakers,
                                 bool speakers_known) {
  std::vector<std::string> units;
  units.reserve(answers.utterances.size());
  for (const std::size_t one : answers.utterances) {
    units.push_back(speakers_known ? speakers[one] : std::to_string(one));
  }
  return units;
}

}  // namespace

PooledAnswers PoolOf(std::span<const FoldScores> folds, std::span<const int> labels, int num_classes) {
  PooledAnswers answers{.num_classes = static_cast<std::size_t>(num_classes)};
  bool all_finite = true;
  for (const FoldScores& fold : folds) {
    const bool fits = fold.scores.dim == num_classes && fold.scores.num_frames == std::ssize(fold.test);
    Check(fits, "a score of each class for each utterance");
    const std::vector<int> predicted = LargestOf(fold.scores);
    for (std::size_t i = 0; i < fold.test.size(); ++i) {
      const int truth = labels[fold.test[i]];
      Check(truth >= 0 && truth < num_classes, "a tested utterance has a label");
      const std::span<const float> scores = fold.scores.Frame(static_cast<std::int64_t>(i));
      answers.utterances.push_back(fold.test[i]);
      answers.truth.push_back(static_cast<std::size_t>(truth));
      answers.predicted.push_back(static_cast<std::size_t>(predicted[i]));
      answers.is_right.push_back(predicted[i] == truth);
      answers.scores.insert(answers.scores.end(), scores.begin(), scores.end());
      all_finite = all_finite && std::all_of(scores.begin(), scores.end(), [](float s) { return std::isfinite(s); });
      // Scores sum to 1 within rounding, so that one of them may be above it by as much.
      answers.confidences.push_back(std::clamp(double{scores[static_cast<std::size_t>(predicted[i])]}, 0.0, 1.0));
    }
  }
  if (!all_finite) answers.confidences.clear();
  return answers;
}

std::vector<bool> FirstIsRight(const PooledAnswers& answers) {
  std::map<std::size_t, bool> first;
  for (std::size_t i = 0; i < answers.utterances.size(); ++i) first.emplace(answers.utterances[i], answers.is_right[i]);
  std::vector<bool> is_right;
  for (const auto& [utterance, right] : first) is_right.push_back(right);
  return is_right;
}

double AccuracyAt(std::span<const RiskAtCoverage> curve, double coverage) {
  const auto found = std::find_if(curve.begin(), curve.end(),
                                  [&](const RiskAtCoverage& point) { return point.coverage >= coverage - kRounding; });
  return found == curve.end() ? kUnknown : 1 - found->risk;
}

PooledFigures PooledFiguresOf(const PooledAnswers& answers, std::span<const std::string> speakers) {
  PooledFigures figures{.uar_interval = {kUnknown, kUnknown},
                        .auc = kUnknown,
                        .calibration_error = kUnknown,
                        .risk_coverage_area = kUnknown};
  std::vector<std::size_t> all(answers.utterances.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  figures.uar = UarOf(answers, all);
  figures.by_speaker = !speakers.empty() && std::all_of(answers.utterances.begin(), answers.utterances.end(),
                                                        [&](std::size_t one) { return !speakers[one].empty(); });
  const std::vector<std::string> units = UnitsOf(answers, speakers, figures.by_speaker);
  if (std::set<std::string>(units.begin(), units.end()).size() >= 2) {
    figures.uar_interval = BootstrapInterval(
        all.size(), [&](std::span<const std::size_t> items) { return UarOf(answers, items); }, {}, units);
  }
  figures.accuracy_at.fill(kUnknown);
  if (answers.confidences.empty()) return figures;
  figures.auc = MulticlassAuc(answers.scores, answers.truth, answers.num_classes);
  figures.calibration_error = ExpectedCalibrationError(answers.confidences, answers.is_right);
  const std::vector<RiskAtCoverage> curve = RiskCoverageCurve(answers.confidences, answers.is_right);
  figures.risk_coverage_area = AreaUnderRiskCoverage(curve);
  for (std::size_t i = 0; i < kToldCoverages.size(); ++i) figures.accuracy_at[i] = AccuracyAt(curve, kToldCoverages[i]);
  return figures;
}

}  // namespace sezim
