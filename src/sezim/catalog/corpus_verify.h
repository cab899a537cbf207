// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "sezim/corpus/corpus_folder.h"

namespace sezim {

// A difference between a corpus' files and its records.
struct CorpusProblem {
  std::string file;  // in the corpus folder
  std::string what;
};

// Compares every sound and kept download with its record, the lists with the catalogue, whose pages it checks, and
// looks for files that no record names. Every byte is read. A harvest that was killed or still runs leaves lists and
// sounds that are ahead of or behind the catalogue: they are told like any others. `on_progress` hears the share done.
// Throws Error.
std::vector<CorpusProblem> VerifyCorpus(const CorpusFolder& corpus, const std::function<void(double)>& on_progress);

// Whether a harvest into the corpus was ended before it had finished, or still runs.
bool IsUnfinished(const CorpusFolder& corpus);

// The names of sources that were begun, not finished, and are no longer there: no harvest will finish them.
std::vector<std::string> VanishedSources(const CorpusFolder& corpus);

}  // namespace sezim
