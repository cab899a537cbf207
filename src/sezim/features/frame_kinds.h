// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sezim/features/feature_options.h"
#include "sezim/features/frame_features.h"

namespace sezim {

// The kinds of features that are measured frame by frame, by the name that feature sets call them; docs/features.md
// describes each with its options.
std::vector<std::string> FrameKinds();

// A measurer of one kind for sound at `sample_rate_hz`. Throws Error (kUsage) for an unknown kind or option.
std::unique_ptr<FrameFeatures> MakeFrameFeatures(std::string_view kind, const FeatureOptions& options,
                                                 double sample_rate_hz);

}  // namespace sezim
