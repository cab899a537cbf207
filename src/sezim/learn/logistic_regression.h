// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sezim/learn/classifier.h"

namespace sezim {

// L2-regularised logistic regression, one class against the rest (LIBLINEAR; Fan et al. 2008).
std::unique_ptr<ClassifierMethod> MakeLogisticRegressionMethod(const ClassifierOptions& options);

}  // namespace sezim
