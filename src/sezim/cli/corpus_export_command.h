// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/cli/command.h"

namespace sezim::cli {

// Adds 'sezim corpus export' to 'sezim corpus'.
void AddCorpusExportCommand(CLI::App& corpus_command, Action& chosen);

}  // namespace sezim::cli
