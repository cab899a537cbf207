// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sezim/learn/metrics.h"

namespace sezim {

// The matrix as a self-contained SVG: truth in rows, what it was taken for in columns. Each cell shows its share of the
// row in per cent and its count; the shade goes by the share. Readable on light and dark pages (the viewer's preference
// decides) and by screen readers, which get title and description. `title` stands above it. A row without clips stays
// empty. Throws ContractViolation unless there is a name for each class.
std::string ConfusionSvg(const ConfusionMatrix& matrix, const std::vector<std::string>& names,
                         const std::string& title);

}  // namespace sezim
