// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "sezim/infer/onnx_session.h"

namespace sezim {

// A network's weights by name, in name's order: what is learnt, and what is measured (means, variances).
using Weights = std::map<std::string, Tensor>;

}  // namespace sezim
