// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/emotion/network_trainer.h"

namespace sezim {

// Trains the networks that recognisers and experiments name. Options by name: "epochs", "batch_size", "learning_rate",
// "weight_decay", "momentum", "warmup_epochs", "label_smoothing", "mixup", "average", "patience", "dropout", "layers"
// (of "attention": how many layers of a representation lie side by side in its frames), "max_frames", "time_masks",
// "max_time_mask", "dim_masks" and "max_dim_mask". Without an option "dnn" is trained as its
// publication did, the others with AdamW, weights for the classes, and an early stop.
NetworkTrainer MakeNetworkTrainer();

}  // namespace sezim
