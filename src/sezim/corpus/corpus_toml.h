// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sezim/corpus/corpus_folder.h"

namespace sezim {

// The text of a corpus' corpus.toml. Throws Error (kNotFound, kIo; kBadInput for what is not TOML or does not say what
// the corpus was made with, with the line).
std::string ReadCorpusToml(const CorpusFolder& corpus);

}  // namespace sezim
