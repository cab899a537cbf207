// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sezim/infer/onnx_graph.h"
#include "sezim/learn/dataset.h"

namespace sezim {

// The logit of a class that the training data did not have.
inline constexpr float kAbsentClassLogit = -1e4F;

// A classifier of feature vectors after training. Safe to use from several threads.
class Classifier {
 public:
  virtual ~Classifier() = default;

  // num_rows x num_classes; the softmax of a row, after a temperature, are the scores of the classes.
  virtual FeatureMatrix Logits(const FeatureMatrix& rows) const = 0;

  // The same calculation as nodes of `graph`, on the value `rows` [N, dimension]; returns the name of the logits
  // [N, num_classes].
  virtual std::string AddTo(OnnxGraph& graph, const std::string& rows) const = 0;
};

struct ClassifierOptions {
  bool balanced = true;    // classes weigh alike in training, however many utterances each has
  std::uint64_t seed = 1;  // of what draws at random (forest, k-means)
};

// A method of classification with the choices of hyper-parameters that a search may make. Trains on standardised rows.
// Safe to use from several threads.
class ClassifierMethod {
 public:
  virtual ~ClassifierMethod() = default;

  // What each choice is, in words: "linear, C = 1".
  virtual std::vector<std::string> Choices() const = 0;

  // Whether it matters how the dimensions weigh against each other. Trees look at one at a time and choose which.
  virtual bool MindsWeights() const { return true; }

  // Requires at least two classes in `train`. Throws Error (kBadInput) for numbers that are not finite.
  virtual std::unique_ptr<Classifier> Train(const Dataset& train, std::size_t choice) const = 0;

  // The logits of `rows` under each choice, trained on `train`: for those who only want to compare choices.
  virtual std::vector<FeatureMatrix> TryAll(const Dataset& train, const FeatureMatrix& rows) const;
};

// "svm" (LIBSVM, Chang and Lin 2011: linear and Gaussian kernels), "logistic-regression" (one class
// against the rest; LIBLINEAR, Fan et al. 2008), "softmax-regression" (all classes at once; libLBFGS),
// "random-forest" (Breiman 2001) and "decision-tree" (CART), both OpenCV's, and "k-means" (each cluster labelled by the
// majority of its utterances). Throws Error (kUsage) for another name.
std::unique_ptr<ClassifierMethod> MakeClassifierMethod(std::string_view name, const ClassifierOptions& options);
std::vector<std::string> ClassifierMethodNames();
bool IsClassifierMethod(std::string_view name);

// Throws Error (kBadInput) that names the utterance if a number of `data` is not finite, or if there are fewer than two
// classes.
void CheckTrainable(const Dataset& data);

}  // namespace sezim
