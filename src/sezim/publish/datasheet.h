// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sezim/publish/published.h"
#include "sezim/publish/split_report.h"

namespace sezim {

// What a datasheet tells of.
struct DatasheetInput {
  DatasetFacts facts{};
  std::string_view format{};  // of the export
  bool is_split = false;
  SplitReport totals{};  // all in train where there is no split
  std::vector<PublishedSource> sources{};
  std::vector<std::string> languages{};
  std::int64_t num_without_language = 0;
  std::int64_t num_heard = 0;  // segments that a voice model has checked
  std::string corpus_toml{};
};

// One sentence or two: how much of what.
std::string DescriptionOf(const DatasheetInput& input);

// Answers to the questions of "Datasheets for Datasets" (Gebru et al., 2021), in Markdown: what the corpus itself tells
// is filled in; what only the publisher knows is marked so.
std::string DatasheetMarkdown(const DatasheetInput& input);

// Text from outside as Markdown that shows just this text, in one line.
std::string MarkdownText(std::string_view text);

}  // namespace sezim
