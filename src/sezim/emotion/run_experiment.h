// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sezim/emotion/experiment_data.h"
#include "sezim/learn/system_figures.h"

namespace sezim {

// A row of an experiment's table: one system on one dataset.
struct ExperimentRow {
  ExperimentSystem system{};
  std::string dataset{};
  std::vector<std::string> classes{};
  std::vector<int> labels{};            // of the dataset's utterances
  std::vector<std::string> speakers{};  // of the dataset's utterances
  std::vector<FoldScores> folds{};
  SystemFigures figures{};
};

struct ExperimentResult {
  Experiment experiment{};
  std::vector<ExperimentRow> rows{};    // datasets outside, systems inside
  std::vector<std::string> problems{};  // files and datasets that were left out, and why
  std::vector<std::string> skipped{};   // systems that cannot be evaluated here, and why
};

// Reads the corpora, computes the features and evaluates every system on every dataset. All that a system learns, its
// choice of hyper-parameters too, it learns from a fold's training part. Throws Error.
ExperimentResult RunExperiment(const Experiment& experiment, const ModelStore& store, const ExperimentOptions& options);

}  // namespace sezim
