// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sezim/corpus/corpus_folder.h"
#include "sezim/corpus/segment_record.h"

namespace sezim {

// The bytes of a segment's sound file, which are those that were harvested. Throws Error (kNotFound for a file that is
// gone, kBadInput for one that differs from its record's sha256 or is above 1 GiB, kIo).
std::string ReadSegmentFile(const CorpusFolder& corpus, const SegmentRecord& segment);

}  // namespace sezim
