// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "sezim/learn/class_balance.h"
#include "sezim/learn/classifier.h"
#include "sezim/learn/dataset.h"

namespace sezim {

// A classifier with all that training settled: how features are standardised, the hyper-parameters, the temperature.
struct FittedClassifier {
  Standardizer standardizer{};
  std::unique_ptr<Classifier> classifier{};
  double temperature = 1;
  std::string choice{};  // of hyper-parameters, in words
  double inner_uar = 0;  // its unweighted average recall in the inner folds

  FeatureMatrix Logits(const FeatureMatrix& rows) const;
  // num_rows x num_classes, each row sums to 1.
  FeatureMatrix Scores(const FeatureMatrix& rows) const;

  // The standardisation and the classifier as an ONNX model: input "features" [N, dimension], output "logits"
  // [N, num_classes].
  std::string Onnx() const;
};

struct SearchOptions {
  int num_inner_folds = 5;
  std::uint64_t seed = 1;
  ClassBalance balance = ClassBalance::kNone;  // over- or under-sampling of what trains; weights are the method's
  std::stop_token stop{};
};

// Trains on all of `train` with the choice of hyper-parameters that has the best unweighted average recall over inner
// folds of speakers (over utterances if there are too few speakers), each trained and standardised on the other folds
// only; the first of equals. Where the features are of several kinds, each kind alone and all with equal weight,
// however many numbers they have, are choices too, unless the method does not mind weights. Copies of utterances
// (Dataset::copies) train with them, in the inner folds, too, and test nothing; what standardises is fitted to the
// utterances themselves. The temperature is fitted to the logits of the same folds. Throws Error (kBadInput;
// kInterrupted if it was stopped, which is looked at between two trainings).
FittedClassifier FitWithSearch(const ClassifierMethod& method, const Dataset& train, const SearchOptions& options);

}  // namespace sezim
