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

// Compares every audio file with its record, the lists with the catalogue, and looks for files that no record names.
// Every byte is read. `on_progress` hears the share done. Throws Error.
std::vector<CorpusProblem> VerifyCorpus(const CorpusFolder& corpus, const std::function<void(double)>& on_progress);

}  // namespace sezim
