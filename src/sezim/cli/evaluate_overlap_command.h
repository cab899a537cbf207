// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/cli/command.h"

namespace sezim::cli {

// Adds 'sezim evaluate overlap' to 'sezim evaluate'.
void AddEvaluateOverlapCommand(CLI::App& evaluate, Action& chosen);

}  // namespace sezim::cli
