// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sezim/emotion/run_experiment.h"

namespace sezim {

// How the experiment divides utterances, in words; loud where speakers are shared.
std::string ProtocolText(const Experiment& experiment);

// "system" or, where there are several datasets, "dataset: system".
std::string NameOfRow(const ExperimentResult& result, const ExperimentRow& row);

// The published figures that stand beside a row: those of its system on its dataset.
std::vector<PublishedFigure> PublishedBeside(const ExperimentRow& row);

// An experiment's outcome as tables for people, in per cent: a line for each system with mean and standard deviation
// over folds; a second one with what its scores are worth and how it compares with the best; and the confusion matrix
// of the system with the best unweighted average recall on each dataset.
std::string TextOf(const ExperimentResult& result);

// As a table in Markdown, without the matrices.
std::string MarkdownOf(const ExperimentResult& result);

// As JSON; docs/formats/experiment.md describes it.
std::string JsonOf(const ExperimentResult& result);

}  // namespace sezim
