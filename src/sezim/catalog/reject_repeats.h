// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sezim/catalog/catalog.h"
#include "sezim/corpus/corpus_folder.h"

namespace sezim {

// Rejects segments that lie for the larger part in what was there before, if a segment was kept there too: as
// "repeated" where the sound was heard in a source whose name sorts earlier, or earlier in their own; as
// "repeated-pictures" where only the pictures were seen, in another source. Their sound is removed. When it is cut
// short, the same call again does the rest. Returns how many. Throws Error (kIo, kNoSpace).
std::int64_t RejectRepeats(Catalog& catalog, const CorpusFolder& corpus, const RepeatOptions& options);

}  // namespace sezim
