// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/linear_rows.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "sezim/learn/matrix_product.h"

namespace sezim {
namespace {

constexpr std::int64_t kMaxProducts = 6000;  // utterances, of whose pairs there is a matrix

// Note [As many numbers as utterances]
// Of the utterances' rows only their inner products matter, and the best weights are a sum of the rows (representer
// theorem; Schoelkopf, Herbrich, Smola 2001). Where there are more features than utterances, a linear method is
// therefore given the Cholesky factor L of the matrix of inner products: rows with the same inner products, with one
// number for each utterance, half of them zero. From the weights v of these numbers the share of each utterance's row
// in the weights of the features is L^-T v. On RAVDESS with 3584 features that takes a seventh of the numbers.

FeatureMatrix WithConstant(const FeatureMatrix& rows) {
  FeatureMatrix with{.num_frames = rows.num_frames, .dim = rows.dim + 1};
  with.values.reserve(static_cast<std::size_t>(with.num_frames * with.dim));
  for (std::int64_t i = 0; i < rows.num_frames; ++i) {
    const auto row = rows.Frame(i);
    with.values.insert(with.values.end(), row.begin(), row.end());
    with.values.push_back(1);
  }
  return with;
}

// The lower triangle whose product with its transpose is that of the rows, but for a millionth that keeps it regular.
FeatureMatrix FactorOfProducts(const FeatureMatrix& rows) {
  FeatureMatrix products = ProductWithTransposed(rows, rows);
  const auto n = static_cast<std::size_t>(products.num_frames);
  std::vector<double> lower(products.values.begin(), products.values.end());
  double trace = 0;
  for (std::size_t i = 0; i < n; ++i) trace += lower[i * n + i];
  for (std::size_t i = 0; i < n; ++i) {
    double* const row = &lower[i * n];
    row[i] += 1e-6 * trace / static_cast<double>(n);
    for (std::size_t k = 0; k <= i; ++k) {
      const double* const other = &lower[k * n];
      const double rest = row[k] - std::inner_product(row, row + k, other, 0.0);
      row[k] = k < i ? rest / other[k] : std::sqrt(rest);
    }
    std::fill(row + i + 1, row + n, 0.0);
  }
  std::copy(lower.begin(), lower.end(), products.values.begin());
  return products;
}

// What the transpose of `lower` times the result gives `weights`.
FeatureMatrix SharesOf(const FeatureMatrix& lower, const FeatureMatrix& weights) {
  const auto n = static_cast<std::size_t>(lower.num_frames), num_classes = static_cast<std::size_t>(weights.dim);
  std::vector<double> shares(weights.values.begin(), weights.values.end());
  for (std::size_t i = n; i-- > 0;) {
    const float* const row = &lower.values[i * n];
    for (std::size_t c = 0; c < num_classes; ++c) {
      double& share = shares[i * num_classes + c];
      share /= row[i];
      for (std::size_t k = 0; k < i; ++k) shares[k * num_classes + c] -= row[k] * share;
    }
  }
  FeatureMatrix result{.num_frames = weights.num_frames, .dim = weights.dim};
  result.values.assign(shares.begin(), shares.end());
  return result;
}

}  // namespace

LinearRows::LinearRows(const FeatureMatrix& features) : rows_(WithConstant(features)) {
  if (rows_.dim <= rows_.num_frames || rows_.num_frames > kMaxProducts) return;
  features_ = std::move(rows_);
  rows_ = FactorOfProducts(features_);
}

FeatureMatrix LinearRows::FeatureWeights(FeatureMatrix weights) const {
  if (features_.num_frames == 0) return weights;
  return ProductOfTransposed(features_, SharesOf(rows_, weights));
}

LinearWeights::LinearWeights(FeatureMatrix weights) : weights_(std::move(weights)) {
  const auto last = weights_.Frame(weights_.num_frames - 1);
  constants_.assign(last.begin(), last.end());
  weights_.values.resize(weights_.values.size() - constants_.size());
  --weights_.num_frames;
}

FeatureMatrix LinearWeights::Apply(const FeatureMatrix& rows) const {
  FeatureMatrix result = Product(rows, weights_);
  for (std::int64_t i = 0; i < result.num_frames; ++i) {
    const auto row = result.Frame(i);
    for (std::size_t k = 0; k < row.size(); ++k) row[k] += constants_[k];
  }
  return result;
}

std::string LinearWeights::AddTo(OnnxGraph& graph, const std::string& rows) const {
  const std::string weights =
      graph.AddWeight("weights", {.shape = {weights_.num_frames, weights_.dim}, .values = weights_.values});
  const std::string constants = graph.AddWeight("constants", {.shape = {weights_.dim}, .values = constants_});
  const std::string products = graph.AddNode("MatMul", {rows, weights});
  return graph.AddNode("Add", {products, constants});
}

std::vector<bool> PresentClasses(const Dataset& data) {
  std::vector<bool> present(static_cast<std::size_t>(data.num_classes));
  for (const int label : data.labels) present[static_cast<std::size_t>(label)] = true;
  return present;
}

std::string AddAbsentClasses(OnnxGraph& graph, const std::string& logits, const std::vector<bool>& present) {
  std::vector<float> absent;
  for (const bool there : present) absent.push_back(there ? 0 : kAbsentClassLogit);
  const std::string name =
      graph.AddWeight("absent", {.shape = {static_cast<std::int64_t>(absent.size())}, .values = std::move(absent)});
  return graph.AddNode("Add", {logits, name});
}

}  // namespace sezim
