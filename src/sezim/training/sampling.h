// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "sezim/training/training_data.h"
#include "sezim/training/training_options.h"

namespace sezim {

// A generator of its own for each (seed, what it is for), so that an epoch's chance does not depend on those before it.
std::mt19937_64 GeneratorOf(std::uint64_t seed, std::uint64_t purpose);

// For each class its weight in the loss: the number of items over the number of classes that occur and the class's own
// number, so that their mean over items is 1; 0 for a class that does not occur.
std::vector<double> ClassWeights(std::span<const int> labels, int num_classes);

// An epoch's batches in random order. Items of about the same length go together: of each 8 batches' worth in the drawn
// order, the shortest by their length within a fifth make one, and so on. A last batch of a single item joins the one
// before.
std::vector<std::vector<std::size_t>> DrawBatches(const TrainingData& data, const TrainingOptions& options, int epoch);

}  // namespace sezim
