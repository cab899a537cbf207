// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/corpus/corpus_folder.h"
#include "sezim/publish/split.h"
#include "sezim/publish/split_report.h"

namespace sezim {

// Splits the segments of a corpus and writes its split.json. Throws Error: kUsage for what is impossible (then an
// earlier split stays), kNotFound (no corpus), kBusy while a harvest runs, kIo, kNoSpace.
SplitReport SplitCorpus(const CorpusFolder& corpus, const SplitOptions& options);

// Throws Error (kBadInput) unless the split has just the segments in `items` and still keeps apart what it says it
// does: then the corpus has changed since, or somebody has edited the file.
void RequireFits(const SplitRecord& split, const std::vector<SplitItem>& items, const CorpusFolder& corpus);

}  // namespace sezim
