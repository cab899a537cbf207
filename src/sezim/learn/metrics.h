// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sezim {

// Area under the receiver operating characteristic (Fawcett 2006): the probability that a positive scores above a
// negative, ties counted half. NaN unless both kinds occur and every score is a number. `is_positive` goes with
// `scores`.
double RocAuc(std::span<const float> scores, const std::vector<bool>& is_positive);

// Precision, recall and their harmonic mean; a ratio without a denominator is 0, as usual.
struct PrecisionRecall {
  double precision = 0;
  double recall = 0;
  double f1 = 0;
};
PrecisionRecall PrecisionRecallOf(std::int64_t true_positives, std::int64_t false_positives,
                                  std::int64_t false_negatives);

// How often each true class was taken for each class.
class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(std::size_t num_classes) : num_classes_(num_classes), counts_(num_classes * num_classes) {}

  void Add(std::size_t truth, std::size_t predicted, std::int64_t count = 1) {
    counts_[Index(truth, predicted)] += count;
  }

  std::size_t num_classes() const { return num_classes_; }
  std::int64_t count(std::size_t truth, std::size_t predicted) const { return counts_[Index(truth, predicted)]; }
  std::int64_t num_true(std::size_t truth) const;
  std::int64_t num_predicted(std::size_t predicted) const;
  std::int64_t total() const;

  double Accuracy() const;
  PrecisionRecall OfClass(std::size_t one) const;

  // Means over the classes that occur in truth: unweighted average recall, macro-averaged F1.
  double UnweightedAverageRecall() const;
  double MacroF1() const;

 private:
  std::size_t Index(std::size_t truth, std::size_t predicted) const;

  std::size_t num_classes_;
  std::vector<std::int64_t> counts_;
};

// The matrix as text, truth in rows, and precision, recall and F1 of each class beside it.
std::string TextOf(const ConfusionMatrix& matrix, const std::vector<std::string>& names);

}  // namespace sezim
