// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "sezim/emotion/run_experiment.h"

namespace sezim::cli {

// Where `evaluate` and `train` put an experiment's figures besides the terminal; empty: nowhere.
struct ExperimentOutput {
  std::string json{};
  std::string report{};

  // Adds --json and --report.
  void AddOptions(CLI::App& command);

  // For before anything that takes long. Throws Error (kUsage) where `report` is something other than a page of
  // figures.
  void Check() const;

  // `command` gives the same figures again (--report is added to it); `toml` is the text of the experiment's file.
  void Write(const ExperimentResult& result, const std::string& command, const std::string& toml) const;
};

// A word as a POSIX shell takes it for itself.
std::string Quoted(const std::string& word);

}  // namespace sezim::cli
