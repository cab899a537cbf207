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
// looks for files that no record names. Every byte is read. Of a harvest that was killed or still runs, the lists and
// sounds without a record are no problems: they come in the end. `on_progress` hears the share done. Throws Error.
std::vector<CorpusProblem> VerifyCorpus(const CorpusFolder& corpus, const std::function<void(double)>& on_progress);

// Whether a harvest into the corpus was ended before it had finished, or still runs.
bool IsUnfinished(const CorpusFolder& corpus);

}  // namespace sezim
