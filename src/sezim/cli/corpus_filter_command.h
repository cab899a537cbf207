// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/cli/command.h"

namespace sezim::cli {

// `sezim corpus filter`: keeps the segments whose voice a model finds like their label.
void AddCorpusFilterCommand(CLI::App& corpus_command, Action& chosen);

}  // namespace sezim::cli
