// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "sezim/corpus/clip.h"
#include "sezim/corpus/read_corpus.h"

namespace sezim::readers {

// One kind of corpus: what is known of it, and how its folder is read. `read` gets its own reader's `info`.
struct Reader {
  ReaderInfo info;
  ClipCorpus (*read)(const ReaderInfo& info, const std::filesystem::path& folder);
};

// Each in a file of its own; read_corpus.cc lists them.
extern const Reader kRavdess;
extern const Reader kEmoDb;
extern const Reader kCsv;

}  // namespace sezim::readers
