// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sezim/features/feature_matrix.h"

namespace sezim {

// The numbers of all parts, frame by frame. Kinds differ in how they treat the end of a sound: the frames that all have
// count. Requires a part.
FeatureMatrix SideBySide(std::vector<FeatureMatrix> parts);

}  // namespace sezim
