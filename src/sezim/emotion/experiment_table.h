// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sezim/emotion/run_experiment.h"

namespace sezim {

// An experiment's outcome as a table for people: a line for each system with mean and standard deviation over folds in
// per cent, and below it the confusion matrix of the system with the best unweighted average recall on each dataset.
std::string TextOf(const ExperimentResult& result);

// As a table in Markdown, without the matrices.
std::string MarkdownOf(const ExperimentResult& result);

// As JSON; docs/formats/experiment.md describes it.
std::string JsonOf(const ExperimentResult& result);

}  // namespace sezim
