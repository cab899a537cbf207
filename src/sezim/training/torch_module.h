// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/training/train_network.h"

namespace sezim {

// What the module that holds libtorch does: Train and ApplyNetwork, which load it when they are first called. A program
// that libtorch were linked to would take a third of a second longer to start, whatever it is asked to do.
struct TorchModule {
  decltype(&Train) train = nullptr;
  decltype(&ApplyNetwork) apply_network = nullptr;
};

}  // namespace sezim

// Defined by the module.
extern "C" const sezim::TorchModule sezim_torch_module;
