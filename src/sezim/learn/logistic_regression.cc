// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/logistic_regression.h"

#include <fmt/format.h>
#include <linear.h>

#include <algorithm>
#include <cmath>

#include "sezim/learn/linear_rows.h"

namespace sezim {
namespace {

// Divided by the dimension, so that the same grid suits few and many numbers.
constexpr double kChoices[] = {0.01, 0.1, 1, 10, 100};

struct FreeModel {
  void operator()(model* trained) const { free_and_destroy_model(&trained); }
};

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
  LogisticRegression(FeatureMatrix weights, std::vector<bool> present)
      : weights_(std::move(weights)), present_(std::move(present)) {}

  // Logarithms of the probabilities, made to sum to 1 over the classes.
  FeatureMatrix Logits(const FeatureMatrix& rows) const override {
    FeatureMatrix logits = weights_.Apply(rows);
    for (std::int64_t i = 0; i < logits.num_frames; ++i) {
      const auto row = logits.Frame(i);
      for (std::size_t k = 0; k < row.size(); ++k) {
        const float z = row[k];
        // log(1 / (1 + exp(-z))) without overflow
        row[k] = present_[k] ? std::min(z, 0.0F) - std::log1p(std::exp(-std::abs(z))) : kAbsentClassLogit;
      }
    }
    return logits;
  }

  std::string AddTo(OnnxGraph& graph, const std::string& rows) const override {
    const std::string z = weights_.AddTo(graph, rows);
    // log(1 / (1 + exp(-z))) = -softplus(-z)
    const std::string negative = graph.AddNode("Neg", {z});
    const std::string softplus = graph.AddNode("Softplus", {negative});
    return AddAbsentClasses(graph, graph.AddNode("Neg", {softplus}), present_);
  }

 private:
  LinearWeights weights_;
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
    const LinearRows linear(train.rows);
    const FeatureMatrix& rows = linear.rows();
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
    FeatureMatrix weights = linear.FeatureWeights(WeightsOf(*trained, rows.dim, train.num_classes));
    return std::make_unique<LogisticRegression>(std::move(weights), PresentClasses(train));
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

  ClassifierOptions options_;
};

}  // namespace

std::unique_ptr<ClassifierMethod> MakeLogisticRegressionMethod(const ClassifierOptions& options) {
  return std::make_unique<LogisticRegressionMethod>(options);
}

}  // namespace sezim
