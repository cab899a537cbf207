// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "sezim/base/error.h"

namespace CLI {
class App;
}

namespace sezim::cli {

// What a program run ends with (design contract).
enum ExitStatus : int {
  kDone = 0,
  kFailed = 1,
  kWrongUsage = 2,
  kSomeRejected = 3,   // done, but some inputs were rejected, each named with its reason
  kInterrupted = 130,  // stopped by Ctrl-C or SIGTERM; the same command goes on where it stopped
};

// Says on standard error what went wrong and what to do about it.
void PrintError(const Error& error);

// The status that a command ends with because of `error`.
int StatusOf(const Error& error);

// The chosen command, set while the command line is parsed and run by main afterwards; returns an ExitStatus.
using Action = std::function<int()>;

// Each adds one command with its options to `app`; parsing it sets `chosen`. One file each.
void AddCollectCommand(CLI::App& app, Action& chosen);
void AddHarvestCommand(CLI::App& app, Action& chosen);
void AddCorpusCommand(CLI::App& app, Action& chosen);
void AddCorpusReportCommands(CLI::App& corpus, Action& chosen);  // report and review, below `corpus`
void AddModelsCommand(CLI::App& app, Action& chosen);
void AddEvaluateCommand(CLI::App& app, Action& chosen);
void AddTrainCommand(CLI::App& app, Action& chosen);
void AddRecognizeCommand(CLI::App& app, Action& chosen);
void AddFeaturesCommand(CLI::App& app, Action& chosen);

}  // namespace sezim::cli
