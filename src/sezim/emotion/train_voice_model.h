// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "sezim/emotion/experiment_data.h"
#include "sezim/emotion/run_experiment.h"

namespace sezim {

struct TrainedVoiceModel {
  ModelCard card{};
  std::string onnx{};
  std::string choice{};                 // of hyper-parameters
  std::size_t num_clips = 0;            // that it was trained on
  std::vector<std::string> problems{};  // files that were left out
};

// Throws Error (kUsage) if `experiment` does not say what model is to be trained, or if `folder` holds a model of
// another name: for before anything that takes long.
void CheckCanTrain(const Experiment& experiment, const std::filesystem::path& folder);

// Trains the one system of `experiment` on all of its utterances; classes that none of them has are left out of the
// labels. The hyper-parameters and the temperature are settled as in each fold of the experiment. Throws Error (kUsage
// if the experiment has no [model] or another number of systems or datasets than one; what RunExperiment throws).
TrainedVoiceModel TrainVoiceModel(const Experiment& experiment, const ModelStore& store,
                                  const ExperimentOptions& options);

// Writes card.toml and model.onnx into `folder`, each complete or not at all; the card last. `comment` comes on top of
// the card. Throws Error (kIo, kNoSpace; kUsage if there is a model of another name).
void WriteVoiceModel(const TrainedVoiceModel& model, const std::string& comment, const std::filesystem::path& folder);

}  // namespace sezim
