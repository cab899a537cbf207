// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sezim/base/emotion.h"
#include "sezim/corpus/segment_record.h"
#include "sezim/corpus/split_record.h"

namespace sezim {

// What a split needs to know of a segment.
struct SplitItem {
  std::string id{};
  Emotion emotion = Emotion::kNeutral;
  std::string speaker{};  // "" : not known; may be anybody in the source, but counts as one speaker of its own
  std::string source{};   // its id
  double duration_s = 0;
};

SplitItem SplitItemOf(const SegmentRecord& segment);

struct SplitOptions {
  SplitBy by = SplitBy::kSpeakerAndSource;
  ByPart<double> shares = {0.8, 0.1, 0.1};  // at least 0, of the training part above 0; they sum to 1
  std::uint64_t seed = 1;                   // at most kMaxSeed; another one gives another split of the same quality

  // Throws Error (kUsage).
  void RequireValid() const;
};

// "80/10/10" or "0.8/0.1/0.1": shares of train, dev and test, which sum to 100 or to 1. Throws Error (kUsage).
ByPart<double> SharesFromText(const std::string& text);

// Puts each segment into a part so that each part has its share of every emotion, as nearly as can be, and none whose
// share is above 0 stays empty. What `options.by` names never lies in two parts. The same segments, in any order, give
// the same split with the same options.
// Throws Error (kUsage) where that is impossible: it says why and what is possible.
SplitRecord SplitSegments(const std::vector<SplitItem>& items, const SplitOptions& options);

// The sets of segments that must stay together, each as indices into `items`: the connected components of segments
// joined by what `by` names. By speaker alone, a source with a segment of an unknown speaker stays together, for that
// may be anybody in it. Ordered by their smallest id.
std::vector<std::vector<std::size_t>> GroupsBy(SplitBy by, const std::vector<SplitItem>& items);

}  // namespace sezim
