// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "sezim/training/training_data.h"
#include "sezim/training/training_options.h"

namespace sezim {

// Trains a network. Training items have classes 0 to shape.num_classes - 1, at least two of which occur. Without
// validation items the last epoch's weights are kept. `initial` (may be empty) is what weights of the same name and
// shape start with. `fingerprint` tells the data: a checkpoint of other data, options or network is refused. On `stop`
// the best weights so far are returned, marked as interrupted; with a checkpoint and options.resume a later call goes
// on from the last whole epoch and ends with the same bytes as if it had never been stopped.
//
// Throws Error: kUsage (options, classes; or built without libtorch), kBadInput (a checkpoint that is not of this
// training), kModel (the loss is no longer a number), kNoSpace or kIo (the checkpoint cannot be written), kInterrupted
// (stopped before the first epoch was done). Not to be called from two threads at once: libtorch's chance is one for
// the process.
TrainedNetwork Train(const NetworkKind& kind, const NetworkShape& shape, const TrainingOptions& options,
                     const TrainingData& train, const TrainingData* validation, const Weights& initial,
                     const std::string& fingerprint, std::stop_token stop,
                     const std::function<void(const TrainingProgress&)>& on_progress);

// What a network with these weights gives for a batch, computed by libtorch as in training but without chance: logits
// and embedding. Throws Error (kUsage) where sezim was built without libtorch. To predict, run the exported model
// instead.
std::vector<Tensor> ApplyNetwork(const NetworkKind& kind, const NetworkShape& shape, const Weights& weights,
                                 const TrainingBatch& batch);

// False where sezim was built without libtorch: then Train throws.
bool CanTrain();

}  // namespace sezim
