// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "sezim/emotion/face_parts.h"
#include "sezim/emotion/trained_model.h"
#include "sezim/training/train_faces.h"

namespace sezim {

// How an experiment's one system on faces is trained, on pictures of side x side.
struct FaceSystem {
  FaceTraining training{};
  int side = 48;
};

// What the options of the system say, by name: those of SetTrainingOption, and "width", "dropout", "side", "mirror" and
// "bfloat16" (0 or 1) and the bounds of FaceVariation by their names. The defaults are those of FaceTraining. Throws
// Error (kUsage).
FaceSystem FaceSystemOf(const Experiment& experiment, int num_threads);

// Throws Error (kUsage) if `experiment` does not say what face network is to be trained, if `folder` holds a model of
// another name, or if no network can be trained here: for before anything that takes long.
void CheckCanTrainFaces(const Experiment& experiment, const std::filesystem::path& folder);

// Trains the experiment's one system on the part "train" of its faces; the part "validation" tells which epoch's
// weights to keep. The model's card is one of task "expression". Throws what Train throws; Error (kBadInput, kNotFound)
// for a part that is not there.
TrainedModel TrainFaceModel(const Experiment& experiment, FaceParts& parts, const NetworkStart& start,
                            const ExperimentOptions& options);

}  // namespace sezim
