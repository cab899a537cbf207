// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "sezim/corpus/corpus_folder.h"
#include "sezim/harvest/recipe.h"
#include "sezim/infer/model_store.h"

namespace sezim {

// Writes corpus.toml into a new corpus folder: name, recipe with every option, models with their digests. In an
// existing one, throws Error (kUsage) if it was made with another recipe or other models, naming the first difference.
void DescribeCorpus(const CorpusFolder& corpus, const Recipe& recipe, const ModelStore& store);

// Writes into an existing corpus.toml which model 'sezim corpus filter' had hear all segments, and whether what it
// disagrees with was dropped; in place of what an earlier filter wrote. Throws Error (kIo, kNoSpace).
void DescribeFilter(const CorpusFolder& corpus, const ModelCard& model, bool drops);

// The name of that model, if there is one. Throws Error as ReadCorpusToml does.
std::optional<std::string> FilteredBy(const CorpusFolder& corpus);

}  // namespace sezim
