// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "sezim/emotion/experiment.h"
#include "sezim/emotion/feature_cache.h"
#include "sezim/emotion/network_trainer.h"
#include "sezim/infer/model_store.h"
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
  std::vector<std::string> problems{};  // files that were left out, and why
};

struct ExperimentOptions {
  std::filesystem::path data_root = ".";
  std::filesystem::path corpus{};  // for an experiment's corpora that name no folder
  int num_jobs = 1;
  NetworkTrainer train_network{};  // for systems that are networks; empty: there is no training here
  FeatureCache* cache = nullptr;   // for what networks compute; null: none
  std::stop_token stop{};
  std::function<void(const std::string& what, double share)> progress = [](const std::string&, double) {};
};

// Reads the corpora, computes the features and evaluates every system on every dataset. All that a system learns, its
// choice of hyper-parameters too, it learns from a fold's training part. Throws Error.
ExperimentResult RunExperiment(const Experiment& experiment, const ModelStore& store, const ExperimentOptions& options);

}  // namespace sezim
