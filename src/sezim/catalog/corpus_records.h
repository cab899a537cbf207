// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/catalog/catalog.h"
#include "sezim/corpus/corpus_folder.h"

namespace sezim {

// Writes segments.jsonl and rejected.jsonl as the catalogue has them; leaves a file alone that is so already.
// Throws Error (kIo, kNoSpace).
void WriteRecords(const Catalog& catalog, const CorpusFolder& corpus);

}  // namespace sezim
