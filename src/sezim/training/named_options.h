// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sezim/training/training_options.h"

namespace sezim {

// Options of training as an experiment's file has them, numbers by name: docs/training.md lists them.

// Sets the option of that name that all networks have: "epochs", "batch_size", "learning_rate", "weight_decay",
// "momentum", "warmup_epochs", "label_smoothing", "mixup", "average" or "patience". False if it is none of them. Throws
// Error (kUsage) for a count that is not whole.
bool SetTrainingOption(TrainingOptions& options, const std::string& name, double value);

// Throws Error (kUsage) if the option's value is not a whole number.
int WholeOption(const std::string& name, double value);

// Throws Error (kUsage): `network` has no such option.
[[noreturn]] void RefuseOption(const std::string& network, const std::string& name);

// "epoch 12 of 40, …": which epoch's weights they are and what they reached.
std::string EpochText(const TrainedNetwork& trained, const TrainingOptions& options);

}  // namespace sezim
