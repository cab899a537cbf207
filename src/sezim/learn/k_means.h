// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sezim/learn/classifier.h"

namespace sezim {

// Clusters of the utterances found without labels (OpenCV's k-means with the start of Arthur and Vassilvitskii 2007),
// each then labelled by the majority of its utterances, weighed by class if `balanced`.
std::unique_ptr<ClassifierMethod> MakeKMeansMethod(const ClassifierOptions& options);

}  // namespace sezim
