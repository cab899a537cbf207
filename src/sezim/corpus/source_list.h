// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/corpus/source_record.h"

namespace sezim {

struct SourceListOptions {
  std::int64_t max_bytes = std::int64_t{1} << 30;
  std::int64_t max_records = 10'000'000;

  // Called for each line that is not a record with an Error that names file and line; the others are still
  // read. Without it, the first such Error is thrown.
  std::function<void(const Error&)> on_bad_line{};
};

using OnSourceRecord = std::function<void(SourceRecord&&)>;

// Takes sources.jsonl in pieces of any size, in memory for one line of it. Blank lines and a byte order mark
// at the front are passed over. `name` is for messages.
class SourceListParser {
 public:
  SourceListParser(std::string name, OnSourceRecord on_record, SourceListOptions options = {});

  // Throws Error of kind kBadInput when the list is too large as a whole, whatever on_bad_line says.
  void Feed(std::string_view bytes);

  // Once, at the end: the last line may lack its line end.
  void Finish();

 private:
  void TakeLine();

  std::string name_;
  OnSourceRecord on_record_;
  SourceListOptions options_;
  std::string line_;
  bool line_too_long_ = false;
  std::int64_t line_number_ = 1;
  std::int64_t num_bytes_ = 0;
  std::int64_t num_records_ = 0;
};

// Reads a file with a SourceListParser. Throws Error.
void ReadSourceList(const std::filesystem::path& path, const OnSourceRecord& on_record,
                    const SourceListOptions& options = {});

// Replaces `path` atomically. Throws Error.
void WriteSourceList(const std::filesystem::path& path, std::span<const SourceRecord> records);

// Records in the order they came in, each source once. Two records are of one source if they have the same
// URL, or the same extractor and id. The first one stays; it gains the keywords of the others, and what it
// lacked. Records that only a later one shows to be of one source become one. A generic extractor makes ids from file
// names, so that ids of its records say nothing.
class SourceSet {
 public:
  // True if the source is new.
  bool Add(SourceRecord record);

  const std::vector<SourceRecord>& records() const { return records_; }

 private:
  void Join(std::size_t first, std::size_t second);

  std::vector<SourceRecord> records_;
  std::unordered_map<std::string, std::size_t> by_key_;
};

}  // namespace sezim
