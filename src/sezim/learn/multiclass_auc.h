// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace sezim {

// The mean, over the classes that occur in truth, of the area under the receiver operating characteristic of that class
// against all others (one-vs-rest, macro average; Provost and Domingos 2000). `scores` holds num_classes numbers for
// each clip, clip after clip; `truth` the class of each. NaN where fewer than two classes occur or a score is not a
// number. Classes that never occur have no curve and are in no mean. Throws ContractViolation for sizes that do not
// fit.
double MulticlassAuc(std::span<const float> scores, std::span<const std::size_t> truth, std::size_t num_classes);

}  // namespace sezim
