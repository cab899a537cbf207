// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <string>

#include "sezim/corpus/segment_record.h"
#include "sezim/corpus/truth.h"
#include "sezim/learn/evaluate_speakers.h"
#include "sezim/learn/metrics.h"

namespace sezim {

// How much of a programme of known truth a harvest kept, counted in hundredths of a second.
struct HarvestEvaluation {
  struct Kind {
    double total_s = 0;   // of the programme
    double speech_s = 0;  // of it with a voice
    double kept_s = 0;    // of the voice, in segments
  };
  std::map<std::string, Kind> kinds;
  double kept_s = 0;                     // in all segments
  double kept_usable_s = 0;              // of it in spans that should be kept
  double usable_s = 0;                   // voice in spans that should be kept
  double found_s = 0;                    // of it in segments
  ConfusionMatrix labels{kNumEmotions};  // hundredths of a second of usable spans whose emotion is known
  ClusterFigures speakers{};             // segments with a speaker whose middle is in a usable span that names one

  // Share of the kept time that is usable; two-face scenes, where either may speak, are left out of both.
  double precision() const { return kept_s > 0 ? kept_usable_s / kept_s : 0; }
  // Share of the usable time with a voice that was kept.
  double recall() const { return usable_s > 0 ? found_s / usable_s : 0; }
};

HarvestEvaluation EvaluateHarvest(const Truth& truth, std::span<const SegmentRecord> segments);

}  // namespace sezim
