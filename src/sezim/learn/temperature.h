// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "sezim/features/feature_matrix.h"

namespace sezim {

// The softmax of each row of `logits` divided by `temperature`, which is above 0.
FeatureMatrix ScoresOf(const FeatureMatrix& logits, double temperature);

// The temperature in [0.01, 100] under which the scores of `labels` are most likely (Guo et al. 2017, On calibration of
// modern neural networks). Requires logits of utterances that were not trained on. 1 if there are none.
double FitTemperature(const FeatureMatrix& logits, std::span<const int> labels);

// The mean negative logarithm of the scores of `labels`.
double LogLoss(const FeatureMatrix& scores, std::span<const int> labels);

// The class of the largest value in each row; the first of equals.
std::vector<int> LargestOf(const FeatureMatrix& rows);

}  // namespace sezim
