// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sezim/learn/classifier.h"

namespace sezim {

// Support vector machines, one for each pair of classes (LIBSVM; Chang and Lin 2011), with a linear or a Gaussian
// kernel.
std::unique_ptr<ClassifierMethod> MakeSvmMethod(const ClassifierOptions& options);

}  // namespace sezim
