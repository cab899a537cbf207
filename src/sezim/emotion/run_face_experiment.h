// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/emotion/run_experiment.h"

namespace sezim {

// An experiment of the protocol "face-folder": expression networks of the model store on the test part of a folder of
// faces in FER2013's form, or of a .tar.xz of it. Nothing is trained. Throws Error.
ExperimentResult RunFaceExperiment(const Experiment& experiment, const ModelStore& store,
                                   const ExperimentOptions& options);

}  // namespace sezim
