// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "sezim/emotion/run_experiment.h"
#include "sezim/learn/evaluate_expression.h"

namespace sezim {

// An experiment of the protocol "face-folder": expression networks, as ModelStore::Open takes them, on the test part of
// a folder of faces in FER2013's form, or of a .tar.xz of it. Nothing is trained: systems with a classifier are
// skipped, as are those with a model that the user has to bring and has not. Throws Error.
ExperimentResult RunFaceExperiment(const Experiment& experiment, const ModelStore& store,
                                   const ExperimentOptions& options);

// What `network` tells of faces as the result of the experiment's one system. Throws Error (kInterrupted).
ExperimentResult EvaluateFaceNetwork(const Experiment& experiment, std::span<const LabelledFace> faces,
                                     const ExpressionRecognizer& network, const ExperimentOptions& options);

}  // namespace sezim
