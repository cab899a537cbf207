// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sezim/learn/classifier.h"

namespace sezim {

// L2-regularised multinomial logistic regression: the softmax over all classes at once, its log-loss minimised by
// L-BFGS (Liu, Nocedal 1989; libLBFGS).
std::unique_ptr<ClassifierMethod> MakeSoftmaxRegressionMethod(const ClassifierOptions& options);

}  // namespace sezim
