// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sezim/harvest/method.h"
#include "sezim/vision/face_describer.h"

namespace sezim {

// Describes the faces of one source's segments: of segments whose face was never out of sight the first picture, for
// all of them. Deterministic, on up to `num_threads` threads. Throws Error.
void DescribeFaces(std::vector<SegmentDraft>& segments, const FaceDescriber& describer, int num_threads);

}  // namespace sezim
