// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sezim/catalog/catalog.h"
#include "sezim/corpus/corpus_folder.h"

namespace sezim {

// Rejects, as "repeated", segments that lie for the larger part in sound that was heard before: in a source whose name
// sorts earlier, or earlier in their own, if a segment was kept there too. Their sound is removed. When it is cut
// short, the same call again does the rest. Returns how many. Throws Error (kIo, kNoSpace).
std::int64_t RejectRepeats(Catalog& catalog, const CorpusFolder& corpus, const RepeatOptions& options);

}  // namespace sezim
