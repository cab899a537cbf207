// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <optional>
#include <string>

#include "sezim/catalog/catalog.h"

namespace sezim {

// What SQLite reports, as an Error with a remedy.
[[noreturn]] void Translate(const SQLite::Exception& error, const std::filesystem::path& file);

void BindBytes(SQLite::Statement& statement, const char* name, const std::string& bytes);
std::string BytesOf(const SQLite::Column& column);
std::optional<std::string> TextOf(const SQLite::Column& column);
std::optional<std::int64_t> NumberOf(const SQLite::Column& column);
SourceRow SourceFrom(SQLite::Statement& row);

// The catalogue's file: making it, bringing it up to date, transactions, and one row in or out.
struct Catalog::Impl {
  explicit Impl(const std::filesystem::path& path);

  // Opens or makes the file.
  static SQLite::Database Open(const std::filesystem::path& path);

  // Runs `work` in one transaction and translates what SQLite reports.
  template <typename Work>
  auto InTransaction(const Work& work) {
    try {
      SQLite::Transaction transaction(database);
      if constexpr (std::is_void_v<decltype(work())>) {
        work();
        transaction.commit();
      } else {
        auto result = work();
        transaction.commit();
        return result;
      }
    } catch (const SQLite::Exception& error) {
      Translate(error, file);
    }
  }

  // Makes the tables, or brings those of an earlier format up to date. Throws Error (kBadInput for another's database).
  void Prepare();

  // Those below run within somebody's transaction.
  void Put(const SourceRow& source);  // adds or replaces
  void RememberDropped(const std::string& digest);
  void Clear(const std::string& table, const std::string& locator);  // the rows of a source
  void ClearResults(const std::string& locator);                     // all that its finished work gave
  void Add(const std::string& locator, const SegmentRecord& segment);
  void Add(const std::string& segment_id, const SegmentExtras& extras);
  void Add(const std::string& locator, const SourcePrints& prints);
  void Add(const std::string& locator, const RejectionRecord& rejection);
  void RemoveSegments(const std::vector<SegmentRecord>& segments);
  SourcePrints PrintsOf(const std::string& locator);
  std::vector<SpanMs> DroppedSpans(const std::string& sha256);
  // Takes what was dropped out of the timelines and prints of all sources with that content.
  void ForgetDroppedSpans();
  // What was rejected for repeating `places` of the source `name`, or any of it, stays so: the rejection no longer says
  // what it repeats, and the place is remembered as dropped.
  void ForgetRepeats(const std::string& name, const std::optional<std::vector<SpanMs>>& places);

  std::filesystem::path file;
  SQLite::Database database;
};

}  // namespace sezim
