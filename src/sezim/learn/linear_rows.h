// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sezim/infer/onnx_graph.h"
#include "sezim/learn/classifier.h"

namespace sezim {

// Utterances as a method that learns linear weights should see them: with a constant behind their features or, where
// there are more features than utterances, as other rows with the same inner products (Note [As many numbers as
// utterances]).
class LinearRows {
 public:
  explicit LinearRows(const FeatureMatrix& features);

  const FeatureMatrix& rows() const { return rows_; }

  // What weights of the rows (columns of rows() x classes) are as weights of the features: (dimension + 1) x classes,
  // the last row for the constant.
  FeatureMatrix FeatureWeights(FeatureMatrix weights) const;

 private:
  FeatureMatrix features_{};  // with a constant; empty where they are the rows
  FeatureMatrix rows_{};
};

// Linear weights of features as a classifier has them after training.
class LinearWeights {
 public:
  // `weights`: (dimension + 1) x classes, the last row for the constant.
  explicit LinearWeights(FeatureMatrix weights);

  // num_rows x classes: weights times features, and the constant.
  FeatureMatrix Apply(const FeatureMatrix& rows) const;

  // The same as nodes of `graph`, on the value `rows`; returns the result's name.
  std::string AddTo(OnnxGraph& graph, const std::string& rows) const;

 private:
  FeatureMatrix weights_{};  // without the constant
  std::vector<float> constants_{};
};

// Which classes occur in the data.
std::vector<bool> PresentClasses(const Dataset& data);

// Adds a weight to `graph` that is 0 for classes that are present and kAbsentClassLogit for others, and adds it to
// `logits`; returns the sum's name.
std::string AddAbsentClasses(OnnxGraph& graph, const std::string& logits, const std::vector<bool>& present);

}  // namespace sezim
