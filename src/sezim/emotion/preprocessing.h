// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "sezim/features/feature_options.h"

namespace sezim {

// What is done to a whole sound before it is measured.
using PreprocessStep = std::function<std::vector<float>(std::span<const float> samples)>;

// One [[preprocess]] of a feature set, by name: "trim" (features/trim_silence.h), "wiener" (features/wiener_filter.h)
// or "loudness" (features/loudness.h). Throws Error (kUsage) for an unknown name or option.
PreprocessStep MakePreprocessStep(const std::string& name, const FeatureOptions& options, double sample_rate_hz);

}  // namespace sezim
