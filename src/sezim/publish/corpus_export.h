// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "sezim/corpus/corpus_folder.h"
#include "sezim/publish/export_writer.h"

namespace sezim {

struct ExportOptions {
  ExportFormat format = ExportFormat::kCsv;
  std::filesystem::path out{};  // a folder that is empty or does not exist yet, outside the corpus
  bool use_split = true;        // where the corpus has one; without, all is in train
  std::int64_t shard_bytes = std::int64_t{256} << 20;  // of WebDataset: at least 1 MiB
  DatasetFacts facts{};                                // an empty name: that of the corpus
  std::stop_token stop{};
};

struct Exported {
  std::int64_t num_segments = 0;
  bool is_split = false;
  std::vector<std::string> not_said{};  // what a description should have and the publisher has not given: "license", …
};

// Writes the corpus to a folder in a form that others read, with segments.csv, SOURCES.csv, croissant.json and
// DATASHEET.md (docs/formats/export.md). The same corpus, split and options give the same bytes. Every sound is
// compared with its record on the way. `on_progress` hears the share done. All of it is there in the end, or nothing.
// Throws Error: kUsage (options; a folder that is not empty), kNotFound, kBadInput (sound that differs from its record,
// a split that is out of date), kBusy while a harvest runs, kIo, kNoSpace, kInterrupted.
Exported ExportCorpus(const CorpusFolder& corpus, const ExportOptions& options,
                      const std::function<void(double)>& on_progress);

}  // namespace sezim
