// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sezim/publish/published.h"

namespace sezim {

// What an export holds, for its description.
struct ExportContent {
  std::vector<PublishedFile> files{};         // segments.csv and SOURCES.csv first
  std::vector<std::string> sound_patterns{};  // of files that hold one sound each; may be empty
  std::string sound_type{};                   // "audio/flac" or "audio/wav"
  std::vector<std::string> languages{};
};

// The description of the dataset in Croissant 1.1 (MLCommons, 2025), JSON-LD. What the publisher has not said is left
// out.
std::string CroissantJson(const DatasetFacts& facts, const std::string& description, const ExportContent& content);

}  // namespace sezim
