// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sezim/base/emotion.h"
#include "sezim/corpus/split_record.h"

namespace sezim {

using EmotionCounts = std::array<std::int64_t, kNumEmotions>;

// Puts each group, which has `counts` segments of each emotion and at least one in all, into a part. Minimises
//   sum over parts p and emotions e (and over all emotions together) of (have - want)^2 / want,  want = share_p *
//   count_e,
// so that a part of 10 % that lacks half of its fear weighs as much as it should. Parts with a share above 0 get at
// least one group, which needs as many groups; the others none.
// Groups are dealt out in several orders, largest first, each to the part where it does most good; then single groups
// are moved and pairs exchanged while that helps. The best outcome wins. The same arguments give the same result on
// every machine. Takes well under a second for 10,000 groups.
std::vector<Part> FillParts(const std::vector<EmotionCounts>& counts, const ByPart<double>& shares, std::uint64_t seed);

}  // namespace sezim
