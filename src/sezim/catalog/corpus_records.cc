// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/corpus_records.h"

namespace sezim {

void WriteRecords(const Catalog& catalog, const CorpusFolder& corpus) {
  WriteLinesIfChanged(corpus.segments(), [&](const WriteLine& write) {
    catalog.ForEachSegment([&](const SegmentRecord& record) { write(JsonLine(record)); });
  });
  WriteLinesIfChanged(corpus.rejected(), [&](const WriteLine& write) {
    catalog.ForEachRejection([&](const RejectionRecord& record) { write(JsonLine(record)); });
  });
}

}  // namespace sezim
