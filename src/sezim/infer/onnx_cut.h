// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "sezim/infer/model_store.h"

namespace sezim {

// The part of a network that some of its outputs need: ONNX Runtime computes all nodes of a network whatever is asked
// of it. `outputs` are names of outputs on the card, whose order stays. Throws Error (kModel) if one is not there, or
// if the bytes are no ONNX network, or one with networks within (If, Loop), which is not taken apart.
Model CutModel(const Model& model, std::span<const std::string> outputs);

}  // namespace sezim
