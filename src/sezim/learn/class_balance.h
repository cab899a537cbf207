// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <random>
#include <span>
#include <string_view>
#include <vector>

namespace sezim {

// What is done about classes of different sizes; in the training part only.
enum class ClassBalance {
  kNone,
  kWeights,      // an utterance counts by the inverse of its class's size
  kOverSample,   // utterances of small classes come more than once, drawn at random
  kUnderSample,  // of large classes a part comes, drawn at random
};

// Throws Error (kUsage) with the known names: "none", "weights", "over-sample", "under-sample".
ClassBalance ClassBalanceFromName(std::string_view name);

// Indices into `labels` of what trains, in random order: with over-sampling each class as often as the largest, all of
// its items once before any comes again; with under-sampling as often as the smallest; else each item once.
std::vector<std::size_t> DrawByClass(std::span<const int> labels, ClassBalance balance, std::mt19937_64& generator);

}  // namespace sezim
