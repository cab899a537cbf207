// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sezim/base/emotion.h"
#include "sezim/catalog/catalog.h"

namespace sezim {

struct SegmentTotals {
  std::int64_t num_segments = 0;
  double duration_s = 0;
};

using EmotionTotals = std::array<SegmentTotals, kNumEmotions>;

// What is counted; an empty list takes all.
struct StatsOptions {
  std::vector<std::string> languages{};  // "unknown" for segments without one
  std::vector<Emotion> without{};        // left out
};

// What went through a step of the harvest that rejects.
struct GateStats {
  std::string reason{};
  SegmentTotals rejected{};
  SegmentTotals left{};  // after it
};

// What a corpus holds.
struct CorpusStats {
  std::map<std::string, EmotionTotals> by_language;  // "unknown" where none is recorded
  std::map<std::string, EmotionTotals> by_speaker;   // of those who are known
  SegmentTotals before_gates;                        // kept and rejected, in every language, with every emotion
  std::vector<GateStats> gates;                      // in the order of the harvest
  std::int64_t num_sources_done = 0;
  std::int64_t num_sources_working = 0;
  SourceCounts sources;                                    // of the finished ones, summed
  std::map<std::string, std::int64_t> source_rejections;   // by reason
  std::map<std::string, std::int64_t> segment_rejections;  // by reason
};

CorpusStats StatsOf(const Catalog& catalog, const StatsOptions& options = {});

// The tables as text and as JSON. Text: counts by emotion and language as in the publication's Tables 1 to 4 (a column
// is a dataset of one language, the last one is the merged dataset), then hours, the `max_speakers` who speak most, and
// what each gate let through. JSON has all speakers.
std::string TextOf(const CorpusStats& stats, std::size_t max_speakers = 10);
std::string JsonOf(const CorpusStats& stats);

}  // namespace sezim
