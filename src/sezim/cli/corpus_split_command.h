// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/cli/command.h"

namespace sezim::cli {

// Adds 'sezim corpus split' to 'sezim corpus'.
void AddCorpusSplitCommand(CLI::App& corpus_command, Action& chosen);

}  // namespace sezim::cli
