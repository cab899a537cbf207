// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/softmax_regression.h"

#include <fmt/format.h>
#include <lbfgs.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/learn/linear_rows.h"
#include "sezim/learn/matrix_product.h"

namespace sezim {
namespace {

// Divided by the dimension, so that the same grid suits few and many numbers.
constexpr double kChoices[] = {0.1, 0.3, 1, 3, 10, 30, 100};

class SoftmaxRegression : public Classifier {
 public:
  SoftmaxRegression(FeatureMatrix weights, std::vector<bool> present)
      : weights_(std::move(weights)), present_(std::move(present)) {}

  FeatureMatrix Logits(const FeatureMatrix& rows) const override {
    FeatureMatrix logits = weights_.Apply(rows);
    for (std::int64_t i = 0; i < logits.num_frames; ++i) {
      const auto row = logits.Frame(i);
      for (std::size_t k = 0; k < row.size(); ++k) {
        if (!present_[k]) row[k] = kAbsentClassLogit;
      }
    }
    return logits;
  }

  std::string AddTo(OnnxGraph& graph, const std::string& rows) const override {
    return AddAbsentClasses(graph, weights_.AddTo(graph, rows), present_);  // absent classes' weights are 0
  }

 private:
  LinearWeights weights_;
  std::vector<bool> present_;
};

// |v|^2 / 2 + c sum_i u_i log-loss_i over weights v of rows that were divided by the square root of the features'
// dimension, with the utterances' weights u: what LIBLINEAR minimises for its C = c / dimension, for all classes at
// once.
class Objective {
 public:
  Objective(const Dataset& train, const LinearRows& linear, const std::vector<double>& class_weights)
      : train_(train),
        present_(PresentClasses(train)),
        class_weights_(class_weights),
        scale_(1 / std::sqrt(static_cast<double>(train.rows.dim))),
        rows_(linear.rows()) {
    for (float& value : rows_.values) value = static_cast<float>(value * scale_);
  }

  // The best weights of the rows (columns x classes) for `c`.
  FeatureMatrix Minimise(double c) {
    c_ = c;
    const auto num_weights = static_cast<std::size_t>(rows_.dim) * static_cast<std::size_t>(train_.num_classes);
    std::vector<double> weights(num_weights);
    lbfgs_parameter_t parameters;
    lbfgs_parameter_init(&parameters);
    parameters.epsilon = 1e-4;  // the gradient's length against the weights'
    parameters.max_iterations = 1000;
    const int result =
        lbfgs(static_cast<int>(num_weights), weights.data(), nullptr, &Objective::Evaluate, nullptr, this, &parameters);
    // Where 32-bit products leave no step that would still help, the weights are as good as they get.
    const bool done =
        result == LBFGS_SUCCESS || result == LBFGS_ALREADY_MINIMIZED || result == LBFGSERR_ROUNDING_ERROR ||
        result == LBFGSERR_MAXIMUMITERATION || result == LBFGSERR_MAXIMUMLINESEARCH || result == LBFGSERR_MINIMUMSTEP ||
        result == LBFGSERR_MAXIMUMSTEP || result == LBFGSERR_WIDTHTOOSMALL || result == LBFGSERR_OUTOFINTERVAL ||
        result == LBFGSERR_INCORRECT_TMINMAX || result == LBFGSERR_INCREASEGRADIENT;
    Check(done, "a convex function is minimised");
    FeatureMatrix best{.num_frames = rows_.dim, .dim = train_.num_classes};
    for (const double weight : weights) best.values.push_back(static_cast<float>(weight * scale_));
    return best;
  }

 private:
  static lbfgsfloatval_t Evaluate(void* self, const lbfgsfloatval_t* weights, lbfgsfloatval_t* gradient, int count,
                                  lbfgsfloatval_t) {
    return static_cast<Objective*>(self)->ValueAt({weights, static_cast<std::size_t>(count)},
                                                  {gradient, static_cast<std::size_t>(count)});
  }

  double ValueAt(std::span<const double> weights, std::span<double> gradient) const {
    FeatureMatrix as_matrix{.num_frames = rows_.dim, .dim = train_.num_classes};
    as_matrix.values.reserve(weights.size());
    double value = 0;
    for (const double weight : weights) {
      as_matrix.values.push_back(static_cast<float>(weight));
      value += weight * weight / 2;
    }
    FeatureMatrix errors = Product(rows_, as_matrix);  // logits, until each row is replaced
    for (std::int64_t i = 0; i < errors.num_frames; ++i) {
      const int label = train_.labels[static_cast<std::size_t>(i)];
      value += c_ * class_weights_[static_cast<std::size_t>(label)] * Replace(errors.Frame(i), label);
    }
    const FeatureMatrix sums = ProductOfTransposed(rows_, errors);
    for (std::size_t k = 0; k < weights.size(); ++k)
      gradient[k] = weights[k] + c_ * static_cast<double>(sums.values[k]);
    return value;
  }

  // Puts what the log-loss's gradient is in place of the logits, and returns the log-loss.
  double Replace(std::span<float> logits, int label) const {
    double highest = -1e300;
    for (std::size_t k = 0; k < logits.size(); ++k) {
      if (present_[k]) highest = std::max(highest, static_cast<double>(logits[k]));
    }
    double sum = 0;
    for (std::size_t k = 0; k < logits.size(); ++k) sum += present_[k] ? std::exp(logits[k] - highest) : 0;
    const auto truth = static_cast<std::size_t>(label);
    const double loss = highest + std::log(sum) - logits[truth];
    for (std::size_t k = 0; k < logits.size(); ++k) {
      const double probability = present_[k] ? std::exp(logits[k] - highest) / sum : 0;
      logits[k] = static_cast<float>(class_weights_[truth] * (probability - (k == truth ? 1 : 0)));
    }
    return loss;
  }

  const Dataset& train_;
  std::vector<bool> present_;
  const std::vector<double>& class_weights_;
  double scale_;
  FeatureMatrix rows_;
  double c_ = 1;
};

class SoftmaxRegressionMethod : public ClassifierMethod {
 public:
  explicit SoftmaxRegressionMethod(const ClassifierOptions& options) : options_(options) {}

  std::vector<std::string> Choices() const override {
    std::vector<std::string> names;
    for (const double c : kChoices) names.push_back(fmt::format("C = {} / dimension", c));
    return names;
  }

  std::unique_ptr<Classifier> Train(const Dataset& train, std::size_t choice) const override {
    return std::move(TrainAll(train, std::span(kChoices).subspan(choice, 1)).front());
  }

  std::vector<FeatureMatrix> TryAll(const Dataset& train, const FeatureMatrix& rows) const override {
    std::vector<FeatureMatrix> logits;
    for (const auto& classifier : TrainAll(train, kChoices)) logits.push_back(classifier->Logits(rows));
    return logits;
  }

 private:
  // All choices share the rows.
  std::vector<std::unique_ptr<Classifier>> TrainAll(const Dataset& train, std::span<const double> choices) const {
    CheckTrainable(train);
    const LinearRows linear(train.rows);
    const std::vector<double> class_weights =
        options_.balanced ? BalancedClassWeights(train.labels, train.num_classes)
                          : std::vector<double>(static_cast<std::size_t>(train.num_classes), 1.0);
    Objective objective(train, linear, class_weights);
    std::vector<std::unique_ptr<Classifier>> classifiers;
    for (const double c : choices) {
      classifiers.push_back(
          std::make_unique<SoftmaxRegression>(linear.FeatureWeights(objective.Minimise(c)), PresentClasses(train)));
    }
    return classifiers;
  }

  ClassifierOptions options_;
};

}  // namespace

std::unique_ptr<ClassifierMethod> MakeSoftmaxRegressionMethod(const ClassifierOptions& options) {
  return std::make_unique<SoftmaxRegressionMethod>(options);
}

}  // namespace sezim
