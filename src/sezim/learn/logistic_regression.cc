// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/logistic_regression.h"

#include <fmt/format.h>
#include <linear.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sezim/learn/matrix_product.h"

namespace sezim {
namespace {

constexpr std::size_t kMaxProducts = 6000;  // utterances, of whose pairs there is a matrix

// Divided by the dimension, so that the same grid suits few and many numbers.
constexpr double kChoices[] = {0.01, 0.1, 1, 10, 100};

struct FreeModel {
  void operator()(model* trained) const { free_and_destroy_model(&trained); }
};

// Note [As many numbers as utterances]
// Of the utterances' rows only their inner products matter, and the best weights are a sum of the rows (representer
// theorem; Schoelkopf, Herbrich, Smola 2001). Where there are more features than utterances, LIBLINEAR is therefore
// given the Cholesky factor of the matrix of inner products: rows with the same inner products, with one number for
// each utterance, half of them zero. From the weights v of these numbers the share of each utterance's row in the
// weights of the features is L^-T v. On RAVDESS with 3584 features that takes a seventh of the numbers.

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

// The lower triangle L whose product with its transpose is that of the rows with a constant, but for a millionth that
// keeps it regular.
FeatureMatrix FactorOfProducts(const FeatureMatrix& rows) {
  FeatureMatrix products = ProductWithTransposed(WithConstant(rows), WithConstant(rows));
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

// What LIBLINEAR wants: for each row (index, value) of what is not zero, ended by index -1.
void ListNumbers(const FeatureMatrix& rows, std::vector<feature_node>& nodes, std::vector<feature_node*>& pointers) {
  std::vector<std::size_t> starts;
  for (std::int64_t i = 0; i < rows.num_frames; ++i) {
    starts.push_back(nodes.size());
    int index = 0;
    for (const float value : rows.Frame(i)) {
      ++index;
      if (value != 0) nodes.push_back({index, static_cast<double>(value)});
    }
    nodes.push_back({-1, 0});
  }
  for (const std::size_t start : starts) pointers.push_back(&nodes[start]);
}

class LogisticRegression : public Classifier {
 public:
  // `weights`: (dimension + 1) x num_classes, the last row for the constant.
  LogisticRegression(FeatureMatrix weights, std::vector<bool> present)
      : weights_(std::move(weights)), present_(std::move(present)) {}

  // Logarithms of the probabilities, made to sum to 1 over the classes.
  FeatureMatrix Logits(const FeatureMatrix& rows) const override {
    FeatureMatrix linear = weights_;
    const auto constant_row = linear.Frame(linear.num_frames - 1);
    const std::vector<float> constants(constant_row.begin(), constant_row.end());
    linear.values.resize(linear.values.size() - constants.size());
    --linear.num_frames;
    FeatureMatrix logits = Product(rows, linear);
    for (std::int64_t i = 0; i < logits.num_frames; ++i) {
      const auto row = logits.Frame(i);
      for (std::size_t k = 0; k < row.size(); ++k) {
        const float z = row[k] + constants[k];
        // log(1 / (1 + exp(-z))) without overflow
        row[k] = present_[k] ? std::min(z, 0.0F) - std::log1p(std::exp(-std::abs(z))) : kAbsentClassLogit;
      }
    }
    return logits;
  }

  std::string AddTo(OnnxGraph& graph, const std::string& rows) const override {
    const std::int64_t dim = weights_.num_frames - 1;
    const auto constants = weights_.Frame(dim);
    std::vector<float> linear = weights_.values;
    linear.resize(linear.size() - constants.size());
    std::vector<float> absent;
    for (const bool there : present_) absent.push_back(there ? 0 : kAbsentClassLogit);
    const std::string weights = graph.AddWeight("weights", {.shape = {dim, weights_.dim}, .values = std::move(linear)});
    const std::string constant =
        graph.AddWeight("constants", {.shape = {weights_.dim}, .values = {constants.begin(), constants.end()}});
    const std::string products = graph.AddNode("MatMul", {rows, weights});
    const std::string z = graph.AddNode("Add", {products, constant});
    // log(1 / (1 + exp(-z))) = -softplus(-z)
    const std::string negative = graph.AddNode("Neg", {z});
    const std::string softplus = graph.AddNode("Softplus", {negative});
    const std::string logits = graph.AddNode("Neg", {softplus});
    const std::string absent_name = graph.AddWeight("absent", {.shape = {weights_.dim}, .values = std::move(absent)});
    return graph.AddNode("Add", {logits, absent_name});
  }

 private:
  FeatureMatrix weights_;
  std::vector<bool> present_;
};

class LogisticRegressionMethod : public ClassifierMethod {
 public:
  explicit LogisticRegressionMethod(const ClassifierOptions& options) : options_(options) {}

  std::vector<std::string> Choices() const override {
    std::vector<std::string> names;
    for (const double c : kChoices) names.push_back(fmt::format("C = {} / dimension", c));
    return names;
  }

  std::unique_ptr<Classifier> Train(const Dataset& train, std::size_t choice) const override {
    CheckTrainable(train);
    set_print_string_function([](const char*) {});
    const auto num_numbers = static_cast<std::size_t>(train.rows.dim) + 1;
    const bool by_products = num_numbers > train.size() && train.size() <= kMaxProducts;
    const FeatureMatrix rows = by_products ? FactorOfProducts(train.rows) : WithConstant(train.rows);
    std::vector<feature_node> nodes;
    std::vector<feature_node*> pointers;
    ListNumbers(rows, nodes, pointers);
    std::vector<double> targets(train.labels.begin(), train.labels.end());
    problem data{};
    data.l = static_cast<int>(train.size());
    data.n = rows.dim;
    data.y = targets.data();
    data.x = pointers.data();
    data.bias = -1;  // the constant is among the numbers

    std::vector<int> weight_labels;
    std::vector<double> weight_values;
    if (options_.balanced) {
      const std::vector<double> weights = BalancedClassWeights(train.labels, train.num_classes);
      for (std::size_t k = 0; k < weights.size(); ++k) {
        if (weights[k] <= 0) continue;
        weight_labels.push_back(static_cast<int>(k));
        weight_values.push_back(weights[k]);
      }
    }
    parameter parameters{};
    parameters.solver_type = L2R_LR;
    parameters.eps = 0.01;
    parameters.C = std::span(kChoices)[choice] / train.rows.dim;
    parameters.nr_weight = static_cast<int>(weight_labels.size());
    parameters.weight_label = weight_labels.data();
    parameters.weight = weight_values.data();
    const std::unique_ptr<model, FreeModel> trained(::train(&data, &parameters));
    FeatureMatrix weights = WeightsOf(*trained, rows.dim, train.num_classes);
    if (by_products) weights = ProductOfTransposed(WithConstant(train.rows), SharesOf(rows, weights));
    return std::make_unique<LogisticRegression>(std::move(weights), PresentIn(train));
  }

 private:
  static FeatureMatrix WeightsOf(const model& trained, int dim, int num_classes) {
    FeatureMatrix weights{.num_frames = dim, .dim = num_classes};
    weights.values.resize(static_cast<std::size_t>(dim * num_classes));
    // With two classes LIBLINEAR keeps one column: positive for its first label.
    const int columns = trained.nr_class == 2 ? 1 : trained.nr_class;
    for (int d = 0; d < dim; ++d) {
      const auto row = weights.Frame(d);
      for (int k = 0; k < trained.nr_class; ++k) {
        const double weight = columns == 1 ? (k == 0 ? trained.w[d] : -trained.w[d]) : trained.w[d * columns + k];
        row[static_cast<std::size_t>(trained.label[k])] = static_cast<float>(weight);
      }
    }
    return weights;
  }

  static std::vector<bool> PresentIn(const Dataset& train) {
    std::vector<bool> present(static_cast<std::size_t>(train.num_classes));
    for (const int label : train.labels) present[static_cast<std::size_t>(label)] = true;
    return present;
  }

  ClassifierOptions options_;
};

}  // namespace

std::unique_ptr<ClassifierMethod> MakeLogisticRegressionMethod(const ClassifierOptions& options) {
  return std::make_unique<LogisticRegressionMethod>(options);
}

}  // namespace sezim
