// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <vector>

#include "sezim/catalog/catalog.h"
#include "sezim/corpus/corpus_folder.h"
#include "sezim/harvest/method.h"
#include "sezim/media/audio_writer.h"

namespace sezim {

struct HarvestedSource {
  std::vector<SegmentRecord> segments;
  std::vector<SegmentExtras> extras;  // one for each
  std::vector<RejectionRecord> rejections;
};

// Removes the segments that overlap one of `dropped`; no record is made of them.
void RemoveSegmentsIn(HarvestedStretches& stretches, const std::vector<SpanMs>& dropped);

// Writes the sound of each segment and returns the records, with pictures and prints taken out of `stretches`. Throws
// Error (kIo, kNoSpace, kInterrupted).
HarvestedSource WriteSegments(const SourceRow& source, HarvestedStretches& stretches, const ReadSound& read_sound,
                              AudioFormat format, const CorpusFolder& corpus, std::stop_token stop);

// Where the segments' sound was written.
std::vector<std::filesystem::path> AudioFilesOf(const HarvestedSource& harvested, const CorpusFolder& corpus);

}  // namespace sezim
