// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "sezim/base/emotion.h"
#include "sezim/catalog/catalog.h"

namespace sezim {

struct SegmentTotals {
  std::int64_t num_segments = 0;
  double duration_s = 0;
};

// What a corpus holds.
struct CorpusStats {
  std::map<std::string, std::array<SegmentTotals, kNumEmotions>> by_language;  // "unknown" where none is recorded
  std::int64_t num_sources_done = 0;
  std::int64_t num_sources_working = 0;
  SourceCounts sources;                                    // of the finished ones, summed
  std::map<std::string, std::int64_t> source_rejections;   // by reason
  std::map<std::string, std::int64_t> segment_rejections;  // by reason
};

CorpusStats StatsOf(const Catalog& catalog);

// The tables as text (counts as in the publication's Table 1, then hours) and as JSON.
std::string TextOf(const CorpusStats& stats);
std::string JsonOf(const CorpusStats& stats);

}  // namespace sezim
