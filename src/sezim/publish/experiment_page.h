// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "sezim/emotion/run_experiment.h"

namespace sezim {

// How an experiment came about, as its page tells.
struct ExperimentOrigin {
  std::string command{};  // as it was given to a shell
  std::string toml{};     // the experiment's file, valid UTF-8
};

// An experiment's outcome as one HTML page with all its code and data, which asks no network for anything: table,
// charts, and for each system calibration, risk by coverage, confusion matrix and figures of each class. The same
// result and origin give the same text.
std::string ExperimentPage(const ExperimentResult& result, const ExperimentOrigin& origin);

// Throws Error (kUsage) where `file` is there and is not an experiment's page, so that a slip of the keyboard does not
// overwrite something else.
void RequireExperimentPageOrNothing(const std::filesystem::path& file);

}  // namespace sezim
