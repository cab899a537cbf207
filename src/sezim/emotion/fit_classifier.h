// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <stop_token>
#include <utility>

#include "sezim/emotion/experiment.h"
#include "sezim/learn/model_search.h"

namespace sezim {

// The classifier that a system names, and how its hyper-parameters are searched, as the experiment's file says.
inline std::unique_ptr<ClassifierMethod> MethodOf(const ExperimentSystem& system, const Experiment& experiment) {
  const bool weighs = system.balance.value_or(ClassBalance::kWeights) == ClassBalance::kWeights;
  return MakeClassifierMethod(system.classifier, {.balanced = weighs, .seed = experiment.seed});
}

inline SearchOptions SearchOptionsOf(const ExperimentSystem& system, const Experiment& experiment,
                                     std::stop_token stop) {
  return {.num_inner_folds = experiment.inner_folds,
          .seed = experiment.seed,
          .balance = system.balance.value_or(ClassBalance::kWeights),
          .stop = std::move(stop)};
}

}  // namespace sezim
