// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sezim/features/feature_matrix.h"

namespace sezim {

// What a system said of the utterances that one fold tests on.
struct FoldScores {
  std::string name{};
  std::vector<std::size_t> test{};  // utterances
  FeatureMatrix scores{};           // one row for each, of as many classes as there are; each row sums to 1
  std::string choice{};             // of hyper-parameters, in words
};

}  // namespace sezim
