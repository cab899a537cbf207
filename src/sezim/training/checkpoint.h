// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sezim/infer/weights.h"
#include "sezim/training/training_options.h"

namespace sezim {

// Where training stood at the end of an epoch: docs/formats/checkpoint.md.
struct Checkpoint {
  std::string training{};  // sha256 of what is trained: the network, its options, its data
  std::vector<EpochReport> epochs{};
  int best_epoch = 0;  // 0: none yet
  std::vector<std::string> fresh{};
  Weights numbers{};  // the network's, the optimiser's and the best ones, told apart by their names' first words
};

// Throws Error (kNoSpace, kIo); the checkpoint before stays then.
void WriteCheckpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

// Throws Error: kNotFound, kBadInput for what is damaged or of another version.
Checkpoint ReadCheckpoint(const std::filesystem::path& path);

}  // namespace sezim
