// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sezim/base/emotion.h"
#include "sezim/corpus/split_record.h"

namespace sezim {

using EmotionCounts = std::array<std::int64_t, kNumEmotions>;

// Puts each group, which has `counts` segments of each emotion and at least one in all, into a part, so that each part
// has its share of every emotion and of all as nearly as can be: BalancedParts (learn/balanced_parts.h) says how.
std::vector<Part> FillParts(const std::vector<EmotionCounts>& counts, const ByPart<double>& shares, std::uint64_t seed);

}  // namespace sezim
