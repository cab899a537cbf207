// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/cli/command.h"

namespace sezim::cli {

// `read` and `readers`, below `corpus`.
void AddCorpusReadCommands(CLI::App& corpus, Action& chosen);

}  // namespace sezim::cli
