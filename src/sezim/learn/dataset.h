// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "sezim/features/feature_matrix.h"

namespace sezim {

// Utterances with one feature vector each. The four lists go together: rows.num_frames utterances.
struct Dataset {
  FeatureMatrix rows{};
  std::vector<int> labels{};            // below num_classes
  std::vector<std::string> speakers{};  // empty text: unknown
  int num_classes = 0;
  std::vector<int> part_dims{};  // the dimensions of features of different kinds, side by side; empty: one kind

  // Changed copies of each utterance, of all the same number, an utterance's after those of the one before: they train
  // besides it, and test nothing. Without rows: none.
  FeatureMatrix copies{};

  std::size_t size() const { return labels.size(); }
};

// The utterances at `indices`, in their order.
Dataset Subset(const Dataset& data, std::span<const std::size_t> indices);
FeatureMatrix Subset(const FeatureMatrix& rows, std::span<const std::size_t> indices);

// The utterances and behind them their copies as utterances of their own; there are no further copies.
Dataset WithCopies(Dataset data);

// Shifts and scales each dimension so that the rows it was fitted to have mean 0 and standard deviation 1; a dimension
// that is constant there becomes 0 there.
class Standardizer {
 public:
  Standardizer() = default;
  explicit Standardizer(const FeatureMatrix& rows);

  // Requires rows of the same dimension.
  FeatureMatrix Apply(const FeatureMatrix& rows) const;

  // Multiplies each dimension by its weight from now on. Requires as many weights as dimensions.
  void Weigh(const std::vector<float>& weights);

  const std::vector<float>& mean() const { return mean_; }
  const std::vector<float>& scale() const { return scale_; }  // 1 / standard deviation, times the weight

 private:
  std::vector<float> mean_;
  std::vector<float> scale_;
};

// Each dimension standardised over the utterances of each speaker, who needs no labels for it: what differs between
// voices goes, what changes within one stays. Uses all utterances of a speaker, also those of a test part, so a table
// that does this has to say so. Throws Error (kBadInput) if a speaker is unknown.
FeatureMatrix NormaliseBySpeaker(const FeatureMatrix& rows, std::span<const std::string> speakers);

// Weights that make all classes count alike: n / (num_classes * n_c); 0 for a class that does not occur. Of mean 1 over
// the utterances if all occur.
std::vector<double> BalancedClassWeights(std::span<const int> labels, int num_classes);

}  // namespace sezim
