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

  SegmentTotals& operator+=(const SegmentTotals& other);
};

using EmotionTotals = std::array<SegmentTotals, kNumEmotions>;

// Segments by their label. Those that were rejected before they got one, or in a catalogue of an earlier format, have
// none.
struct LabelTotals {
  EmotionTotals by_emotion{};
  SegmentTotals without_label{};

  SegmentTotals All() const;
  LabelTotals& operator+=(const LabelTotals& other);
};

// Segments by language and label: datasets of one language each, and the merged one.
struct DatasetTotals {
  std::map<std::string, LabelTotals> by_language{};  // "unknown" where none is recorded

  LabelTotals Merged() const;
  SegmentTotals All() const { return Merged().All(); }
  DatasetTotals& operator+=(const DatasetTotals& other);
};

// What is counted; an empty list takes all. Segments without a label are of no emotion that is left out.
struct StatsOptions {
  std::vector<std::string> languages{};  // "unknown" for segments without one
  std::vector<Emotion> without{};        // left out
};

// What went through a step of the harvest that rejects.
struct GateStats {
  std::string reason{};
  DatasetTotals rejected{};
  DatasetTotals left{};  // after it
};

// What a corpus holds. Segments are those that StatsOptions takes; sources and frames are always of the whole corpus.
struct CorpusStats {
  bool is_restricted = false;  // not all segments are taken
  DatasetTotals kept{};
  std::map<std::string, EmotionTotals> by_speaker;   // of those who are known
  DatasetTotals before_gates{};                      // kept and rejected
  std::vector<GateStats> gates;                      // in the order of the harvest
  DatasetTotals before_voice_check{};                // kept, or rejected for their voice alone
  std::map<VoiceCheck, LabelTotals> by_voice_check;  // of the kept ones, where a voice model was asked
  std::int64_t num_sources_done = 0;
  std::int64_t num_sources_working = 0;
  SourceCounts sources;                                   // of the finished ones, summed
  std::map<std::string, std::int64_t> source_rejections;  // by reason
};

CorpusStats StatsOf(const Catalog& catalog, const StatsOptions& options = {});

// The tables as text and as JSON. Text: counts by emotion and language as in the publication's Tables 1 to 4 (a column
// is a dataset of one language, the last one is the merged dataset), then hours, the `max_speakers` who speak most, and
// what each gate let through. JSON has all speakers. In both, sources, frames and rejected sources are of the whole
// corpus, also where the rest is of some languages or emotions only; the text says so then.
std::string TextOf(const CorpusStats& stats, std::size_t max_speakers = 10);
std::string JsonOf(const CorpusStats& stats);

}  // namespace sezim
