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
extern const Reader kCremaD;
extern const Reader kCsv;
extern const Reader kElraS0329;
extern const Reader kEmoDb;
extern const Reader kEmovo;
extern const Reader kJsonl;
extern const Reader kKazEmoTts;
extern const Reader kRavdess;
extern const Reader kRml;
extern const Reader kSavee;
extern const Reader kSezim;
extern const Reader kShemo;
extern const Reader kTess;

}  // namespace sezim::readers
