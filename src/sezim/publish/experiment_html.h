// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "sezim/emotion/run_experiment.h"

namespace sezim {

// Parts of an experiment's page as HTML. All texts from outside are escaped.

// The table of all systems; the names lead to their sections.
std::string SystemsTable(const ExperimentResult& result);

// The <option>s of the choice of a system; the best of the first dataset is chosen.
std::string SystemOptions(const ExperimentResult& result);

// What there is of one system: places for its charts, confusion matrix, figures of each class, choices in each fold.
std::string SystemSection(const ExperimentResult& result, std::size_t row);

// Where speakers are shared, what that means; else nothing.
std::string SharedSpeakersWarning(const Experiment& experiment);

// What was left out; nothing where nothing was.
std::string ProblemsSection(const ExperimentResult& result);

}  // namespace sezim
