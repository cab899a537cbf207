// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/cli/command.h"

namespace sezim::cli {

// `sezim evaluate EXPERIMENT.toml`: options of the command `evaluate` itself.
void AddExperimentOptions(CLI::App& evaluate, Action& chosen);

}  // namespace sezim::cli
