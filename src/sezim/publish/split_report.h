// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sezim/publish/split.h"

namespace sezim {

// What one part of a split holds.
struct PartTotals {
  std::array<std::int64_t, kNumEmotions> num_segments{};  // by emotion
  std::array<double, kNumEmotions> duration_s{};
  std::int64_t num_speakers = 0;  // an unknown speaker counts once for each source
  std::int64_t num_sources = 0;

  std::int64_t AllSegments() const;
  double AllDuration() const;
};

struct SplitReport {
  SplitBy by = SplitBy::kSpeakerAndSource;
  ByPart<double> wanted{};  // share of the segments
  ByPart<PartTotals> parts{};
  std::int64_t num_shared_speakers = 0;  // in more than one part
  std::int64_t num_shared_sources = 0;
  std::int64_t num_unknown_speaker = 0;  // segments whose speaker is not known
  std::int64_t num_groups = 0;           // of segments that stay together
  std::int64_t largest_group = 0;        // segments in it

  // Share of the segments that are in `part`.
  double Got(Part part) const;
};

// `split` covers `items`.
SplitReport ReportOf(const std::vector<SplitItem>& items, const SplitRecord& split);

// Tables of counts and hours, of speakers and sources, and of what was asked for and got.
std::string TextOf(const SplitReport& report);
std::string JsonOf(const SplitReport& report);

// What a user should know about the split: shared speakers, emotions that a part lacks, shares far from those asked
// for, unknown speakers. One sentence each.
std::vector<std::string> NotesOn(const SplitReport& report);

}  // namespace sezim
