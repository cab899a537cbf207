// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "sezim/emotion/network_trainer.h"
#include "sezim/infer/weights.h"

namespace sezim {

// The weights of the model that training starts from; none if there is no such model. Where its labels are not
// `classes` in this order, the last layer's weights are put in the order of `classes`: those of a class that the model
// does not know are 0, and without any common class the layer is left out. Throws Error (kModel) for a file that is no
// ONNX model.
Weights InitialWeights(const NetworkStart& start, std::span<const std::string> classes);

}  // namespace sezim
