// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sezim/learn/classifier.h"

namespace sezim {

// A forest of 300 trees, each on a bootstrap sample and with the square root of the dimension tried at each split
// (Breiman 2001; OpenCV's RTrees).
std::unique_ptr<ClassifierMethod> MakeRandomForestMethod(const ClassifierOptions& options);

// One tree of a limited depth (CART; OpenCV's DTrees, not pruned).
std::unique_ptr<ClassifierMethod> MakeDecisionTreeMethod(const ClassifierOptions& options);

}  // namespace sezim
