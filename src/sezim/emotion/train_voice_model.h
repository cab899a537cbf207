// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "sezim/emotion/experiment_data.h"
#include "sezim/emotion/trained_model.h"

namespace sezim {

// Throws Error (kUsage) if `experiment` does not say what model is to be trained, or if `folder` holds a model of
// another name: for before anything that takes long.
void CheckCanTrain(const Experiment& experiment, const std::filesystem::path& folder);

// Trains the one system of `experiment` on all of its utterances; classes that none of them has are left out of the
// labels. The hyper-parameters and the temperature are settled as in each fold of the experiment. `start` is for
// networks. Throws Error (kUsage if the experiment has no [model] or another number of systems or datasets than one;
// what RunExperiment throws).
TrainedModel TrainVoiceModel(const Experiment& experiment, const ModelStore& store, const NetworkStart& start,
                             const ExperimentOptions& options);

}  // namespace sezim
