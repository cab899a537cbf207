// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "sezim/catalog/catalog.h"

namespace sezim {

// The timeline without what is heard and seen in `spans`.
SourceTimeline WithoutSpans(const SourceTimeline& timeline, std::span<const SpanMs> spans);

// The prints without what they tell of `spans`: steps of pictures go, and the sound's numbers, which are counted by
// their place, are replaced by such as no sound has. These are random, equal for equal `sha256` (the source's), so that
// they resemble nothing, not even each other.
SourcePrints WithoutSpans(const SourcePrints& prints, std::span<const SpanMs> spans, const std::string& sha256);

}  // namespace sezim
