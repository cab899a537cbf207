// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sezim/corpus/corpus_folder.h"
#include "sezim/harvest/recipe.h"
#include "sezim/infer/model_store.h"

namespace sezim {

// Writes corpus.toml into a new corpus folder: name, recipe with every option, models with their digests. In an
// existing one, throws Error (kUsage) if it was made with another recipe or other models, naming the first difference.
void DescribeCorpus(const CorpusFolder& corpus, const Recipe& recipe, const ModelStore& store);

}  // namespace sezim
