// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>

#include "sezim/corpus/corpus_folder.h"

namespace sezim {

// Removes the files of a folder, not of folders within, that are unwanted. A folder that is not there has none.
void RemoveFilesIn(const std::filesystem::path& folder,
                   const std::function<bool(const std::filesystem::path&)>& is_unwanted);

// Removes what a killed run left behind: half-written files, and the sound of sources that will be decoded again.
void RemoveLeftovers(const CorpusFolder& corpus);

}  // namespace sezim
