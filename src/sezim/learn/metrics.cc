// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "sezim/base/error.h"

namespace sezim {

double RocAuc(std::span<const float> scores, const std::vector<bool>& is_positive) {
  Check(scores.size() == is_positive.size(), "one truth for each score");
  if (std::any_of(scores.begin(), scores.end(), [](float score) { return std::isnan(score); })) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
  // The Mann-Whitney statistic: sum of the positives' ranks, where equal scores share their mean rank.
  double rank_sum = 0;
  double num_positive = 0;
  for (std::size_t from = 0; from < order.size();) {
    std::size_t to = from;
    while (to < order.size() && scores[order[to]] == scores[order[from]]) ++to;
    const double rank = (static_cast<double>(from) + 1 + static_cast<double>(to)) / 2;
    for (; from < to; ++from) {
      if (!is_positive[order[from]]) continue;
      rank_sum += rank;
      ++num_positive;
    }
  }
  const double num_negative = static_cast<double>(scores.size()) - num_positive;
  if (num_positive == 0 || num_negative == 0) return std::numeric_limits<double>::quiet_NaN();
  return (rank_sum - num_positive * (num_positive + 1) / 2) / (num_positive * num_negative);
}

PrecisionRecall PrecisionRecallOf(std::int64_t true_positives, std::int64_t false_positives,
                                  std::int64_t false_negatives) {
  const auto ratio = [](double a, double b) { return b > 0 ? a / b : 0; };
  const auto hits = static_cast<double>(true_positives);
  PrecisionRecall result;
  result.precision = ratio(hits, hits + static_cast<double>(false_positives));
  result.recall = ratio(hits, hits + static_cast<double>(false_negatives));
  result.f1 = ratio(2 * result.precision * result.recall, result.precision + result.recall);
  return result;
}

std::size_t ConfusionMatrix::Index(std::size_t truth, std::size_t predicted) const {
  Check(truth < num_classes_ && predicted < num_classes_, "a confusion matrix counts classes that it has");
  return truth * num_classes_ + predicted;
}

std::int64_t ConfusionMatrix::num_true(std::size_t truth) const {
  std::int64_t sum = 0;
  for (std::size_t k = 0; k < num_classes_; ++k) sum += count(truth, k);
  return sum;
}

std::int64_t ConfusionMatrix::num_predicted(std::size_t predicted) const {
  std::int64_t sum = 0;
  for (std::size_t k = 0; k < num_classes_; ++k) sum += count(k, predicted);
  return sum;
}

std::int64_t ConfusionMatrix::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0});
}

double ConfusionMatrix::Accuracy() const {
  std::int64_t right = 0;
  for (std::size_t k = 0; k < num_classes_; ++k) right += count(k, k);
  return total() > 0 ? static_cast<double>(right) / static_cast<double>(total()) : 0;
}

PrecisionRecall ConfusionMatrix::OfClass(std::size_t one) const {
  const std::int64_t hits = count(one, one);
  return PrecisionRecallOf(hits, num_predicted(one) - hits, num_true(one) - hits);
}

double ConfusionMatrix::UnweightedAverageRecall() const {
  double sum = 0;
  int present = 0;
  for (std::size_t k = 0; k < num_classes_; ++k) {
    if (num_true(k) == 0) continue;
    sum += OfClass(k).recall;
    ++present;
  }
  return present > 0 ? sum / present : 0;
}

double ConfusionMatrix::MacroF1() const {
  double sum = 0;
  int present = 0;
  for (std::size_t k = 0; k < num_classes_; ++k) {
    if (num_true(k) == 0) continue;
    sum += OfClass(k).f1;
    ++present;
  }
  return present > 0 ? sum / present : 0;
}

std::string TextOf(const ConfusionMatrix& matrix, const std::vector<std::string>& names) {
  Check(names.size() == matrix.num_classes(), "a name for each class");
  std::string text = fmt::format("{:<10}", "truth");
  for (const std::string& name : names) text += fmt::format("{:>9}", name);
  text += fmt::format("{:>11}{:>8}{:>8}\n", "precision", "recall", "F1");
  for (std::size_t truth = 0; truth < names.size(); ++truth) {
    text += fmt::format("{:<10}", names[truth]);
    for (std::size_t k = 0; k < names.size(); ++k) text += fmt::format("{:>9}", matrix.count(truth, k));
    const PrecisionRecall scores = matrix.OfClass(truth);
    text += fmt::format("{:>11.3f}{:>8.3f}{:>8.3f}\n", scores.precision, scores.recall, scores.f1);
  }
  return text;
}

}  // namespace sezim
