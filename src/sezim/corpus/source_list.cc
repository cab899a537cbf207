// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/source_list.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <iterator>
#include <set>

#include "sezim/base/file.h"

namespace sezim {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Error AtLine(const std::string& name, std::int64_t line_number, const Error& error) {
  return {error.kind(), fmt::format("'{}', line {}: {}", name, line_number, error.what()), error.remedy()};
}

void FillIfEmpty(std::string& mine, std::string& other) {
  if (mine.empty()) mine = std::move(other);
}

void Unite(SourceRecord& mine, SourceRecord&& other) {
  for (std::string& keyword : other.keywords) {
    if (std::find(mine.keywords.begin(), mine.keywords.end(), keyword) == mine.keywords.end()) {
      mine.keywords.push_back(std::move(keyword));
    }
  }
  if (mine.id.empty() && !other.id.empty()) {
    mine.extractor = std::move(other.extractor);
    mine.id = std::move(other.id);
  }
  FillIfEmpty(mine.title, other.title);
  FillIfEmpty(mine.channel, other.channel);
  FillIfEmpty(mine.license, other.license);
  FillIfEmpty(mine.language, other.language);
  FillIfEmpty(mine.collected_at, other.collected_at);
  FillIfEmpty(mine.other_fields, other.other_fields);
  if (!mine.duration_s) mine.duration_s = other.duration_s;
}

// The names under which a source is known. The separator cannot be part of a URL or of an extractor's name.
std::vector<std::string> KeysOf(const SourceRecord& record) {
  std::vector<std::string> keys = {record.url};
  const bool own_ids =
      !record.extractor.empty() && record.extractor != "Generic" && record.extractor != "HTML5MediaEmbed";
  if (own_ids && !record.id.empty()) keys.push_back(record.extractor + '\n' + record.id);
  return keys;
}

// What is written can be read again: many united keywords might make a line too long.
std::string LineOf(const SourceRecord& record) {
  std::string line = ToJson(record);
  if (line.size() > kMaxSourceLineBytes) {
    throw Error(ErrorKind::kBadInput,
                fmt::format("the record of {} has grown beyond {} bytes", record.url, kMaxSourceLineBytes),
                "collect with fewer keywords into one file");
  }
  return line + '\n';
}

}  // namespace

SourceListParser::SourceListParser(std::string name, OnSourceRecord on_record, SourceListOptions options)
    : name_(std::move(name)), on_record_(std::move(on_record)), options_(std::move(options)) {}

void SourceListParser::Feed(std::string_view bytes) {
  num_bytes_ += static_cast<std::int64_t>(bytes.size());
  if (num_bytes_ > options_.max_bytes) {
    throw Error(ErrorKind::kBadInput, fmt::format("'{}' is larger than {} bytes", name_, options_.max_bytes),
                "split it into several files");
  }
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    if (line_.size() + part.size() > kMaxSourceLineBytes) {
      line_too_long_ = true;
      line_.clear();
    }
    if (!line_too_long_) line_ += part;
    if (end == std::string_view::npos) return;
    TakeLine();
    bytes.remove_prefix(end + 1);
  }
}

void SourceListParser::Finish() {
  TakeLine();
}

void SourceListParser::TakeLine() {
  const std::int64_t number = line_number_++;
  std::string line = std::move(line_);
  line_.clear();
  const bool too_long = std::exchange(line_too_long_, false);
  if (number == 1 && line.starts_with(kByteOrderMark)) line.erase(0, kByteOrderMark.size());
  if (!too_long && line.find_first_not_of(" \t\r") == std::string::npos) return;
  if (++num_records_ > options_.max_records) {
    throw Error(ErrorKind::kBadInput, fmt::format("'{}' has more than {} records", name_, options_.max_records),
                "split it into several files");
  }
  SourceRecord record;
  try {
    if (too_long) {
      throw Error(ErrorKind::kBadInput, fmt::format("the line is longer than {} bytes", kMaxSourceLineBytes),
                  "check that this is a sources.jsonl: one JSON object a line");
    }
    record = ParseSourceRecord(line);
  } catch (const Error& error) {
    const Error located = AtLine(name_, number, error);
    if (!options_.on_bad_line) throw located;
    options_.on_bad_line(located);
    return;
  }
  on_record_(std::move(record));
}

void ReadSourceList(const std::filesystem::path& path, const OnSourceRecord& on_record,
                    const SourceListOptions& options) {
  const FileDescriptor file = OpenForReading(path);
  SourceListParser parser(DisplayName(path), on_record, options);
  std::vector<std::byte> block(1 << 16);
  while (const std::size_t got = ReadSome(file, block, path)) {
    parser.Feed({reinterpret_cast<const char*>(block.data()), got});
  }
  parser.Finish();
}

void WriteSourceList(const std::filesystem::path& path, std::span<const SourceRecord> records) {
  std::filesystem::path temporary = path;
  temporary += fmt::format(".{}.tmp", ::getpid());
  try {
    {
      const FileDescriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
      if (!file) throw SystemError(errno, "cannot create", DisplayName(temporary));
      std::string block;
      for (const SourceRecord& record : records) {
        block += LineOf(record);
        if (block.size() < (1 << 20) && &record != &records.back()) continue;
        WriteAll(file, std::as_bytes(std::span(block)), temporary);
        block.clear();
      }
    }
    CommitFile(temporary, path);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

bool SourceSet::Add(SourceRecord record) {
  const std::vector<std::string> keys = KeysOf(record);
  std::set<std::size_t> known;  // more than one if the record tells that they are one source
  for (const std::string& key : keys) {
    if (const auto found = by_key_.find(key); found != by_key_.end()) known.insert(found->second);
  }
  const std::size_t index = known.empty() ? records_.size() : *known.begin();
  if (known.empty()) records_.emplace_back(std::move(record));
  while (known.size() > 1) {
    Join(index, *known.rbegin());
    known.erase(std::prev(known.end()));
  }
  for (const std::string& key : keys) by_key_.try_emplace(key, index);
  if (!known.empty()) Unite(records_[index], std::move(record));
  return known.empty();
}

void SourceSet::Join(std::size_t first, std::size_t second) {
  Unite(records_[first], std::move(records_[second]));
  records_.erase(records_.begin() + static_cast<std::ptrdiff_t>(second));
  for (auto& [key, index] : by_key_) {
    if (index == second) index = first;
    if (index > second) --index;
  }
}

}  // namespace sezim
