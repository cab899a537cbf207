// SPDX-License-Identifier: Apache-2.0
// What the catalogue forgets for good, and what it remembers of that.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/sha256.h"
#include "sezim/catalog/catalog_storage.h"
#include "sezim/catalog/repeat_detail.h"
#include "sezim/catalog/without_spans.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t kRoundingMs = 500;  // what a rejection says of the earlier place is rounded to a second

// Whether a segment of `duration_ms` that repeats what begins at `at_s` lies for the larger part in one of `places`.
bool IsRepeatOf(double at_s, std::int64_t duration_ms, const std::vector<SpanMs>& places) {
  const auto at_ms = static_cast<std::int64_t>(1000 * at_s);
  return std::any_of(places.begin(), places.end(), [&](const SpanMs& place) {
    const std::int64_t shared_ms =
        std::min(at_ms + duration_ms + kRoundingMs, place.end_ms) - std::max(at_ms - kRoundingMs, place.start_ms);
    return 2 * shared_ms >= duration_ms;
  });
}

// The detail without the name; nothing if it names another source or none.
std::optional<std::string> WithoutName(const std::string& detail, const std::string& reason, const std::string& name,
                                       std::int64_t duration_ms, const std::optional<std::vector<SpanMs>>& places) {
  if (const auto earlier = EarlierPlaceFrom(detail)) {
    const bool is_meant = earlier->source == name && (!places || IsRepeatOf(earlier->at_s, duration_ms, *places));
    return is_meant ? std::optional(RepeatDetailWithoutPlace(earlier->of)) : std::nullopt;
  }
  const bool is_named = reason == kDuplicateSource && detail.ends_with(fmt::format("'{}'", name));
  return is_named && !places ? std::optional<std::string>("it has the same bytes as another source") : std::nullopt;
}

}  // namespace

void Catalog::Impl::ForgetRepeats(const std::string& name, const std::optional<std::vector<SpanMs>>& places) {
  struct Named {
    std::int64_t row = 0;
    std::string detail;
  };
  std::vector<Named> all_named;
  SQLite::Statement find(database,
                         "SELECT rowid, reason, detail, end_ms - start_ms FROM rejection WHERE detail IS NOT NULL"
                         " AND reason IN ('repeated', 'repeated-pictures', :duplicate)");
  find.bind(":duplicate", kDuplicateSource);
  while (find.executeStep()) {
    auto detail = WithoutName(find.getColumn(2).getString(), find.getColumn(1).getString(), name,
                              find.getColumn(3).getInt64(), places);
    if (detail) all_named.push_back({find.getColumn(0).getInt64(), std::move(*detail)});
  }
  SQLite::Statement remember(
      database,
      "INSERT INTO dropped_span SELECT source.sha256, start_ms, end_ms FROM rejection JOIN source"
      " USING (locator) WHERE rejection.rowid = :row AND start_ms IS NOT NULL");
  SQLite::Statement rewrite(database, "UPDATE rejection SET detail = :detail WHERE rowid = :row");
  for (const Named& named : all_named) {
    remember.bind(":row", named.row);
    remember.exec();
    remember.reset();
    rewrite.bind(":row", named.row);
    rewrite.bind(":detail", named.detail);
    rewrite.exec();
    rewrite.reset();
  }
}

std::vector<SpanMs> Catalog::Impl::DroppedSpans(const std::string& sha256) {
  std::vector<SpanMs> spans;
  SQLite::Statement row(database,
                        "SELECT start_ms, end_ms FROM dropped_span WHERE sha256 = :sha256 ORDER BY start_ms, end_ms");
  row.bind(":sha256", sha256);
  while (row.executeStep()) spans.push_back({row.getColumn(0).getInt64(), row.getColumn(1).getInt64()});
  return spans;
}

void Catalog::Impl::ForgetDroppedSpans() {
  std::vector<SourceRow> sources;
  SQLite::Statement row(database, "SELECT * FROM source WHERE sha256 IN (SELECT sha256 FROM dropped_span)");
  while (row.executeStep()) sources.push_back(SourceFrom(row));
  SQLite::Statement update(database, "UPDATE source SET timeline = :timeline WHERE locator = :locator");
  for (const SourceRow& source : sources) {
    const std::vector<SpanMs> spans = DroppedSpans(source.sha256);
    BindBytes(update, ":timeline", PackTimeline(WithoutSpans(source.timeline, spans)));
    BindBytes(update, ":locator", source.locator);
    update.exec();
    update.reset();
    const SourcePrints prints = WithoutSpans(PrintsOf(source.locator), spans, source.sha256);
    for (const char* table : {"fingerprint", "picture_print"}) Clear(table, source.locator);
    Add(source.locator, prints);
  }
}

void Catalog::Impl::RememberDropped(const std::string& digest) {
  SQLite::Statement statement(database, "INSERT OR IGNORE INTO dropped VALUES (:digest)");
  statement.bind(":digest", digest);
  statement.exec();
}

void Catalog::DropSources(const std::vector<SourceRow>& sources) {
  const std::lock_guard lock(mutex_);
  impl_->InTransaction([&] {
    for (const SourceRow& source : sources) {
      impl_->Clear("unit", source.locator);
      impl_->ClearResults(source.locator);
      impl_->Clear("source", source.locator);
      impl_->RememberDropped(Sha256OfText(source.locator));
      if (!source.sha256.empty()) impl_->RememberDropped(source.sha256);
    }
    for (const SourceRow& source : sources) impl_->ForgetRepeats(source.name, std::nullopt);
    impl_->ForgetDroppedSpans();
  });
}

void Catalog::RememberDropped(const std::string& digest) {
  const std::lock_guard lock(mutex_);
  impl_->InTransaction([&] { impl_->RememberDropped(digest); });
}

bool Catalog::IsDropped(const std::string& digest) const {
  const std::lock_guard lock(mutex_);
  return impl_->InTransaction([&] {
    SQLite::Statement statement(impl_->database, "SELECT 1 FROM dropped WHERE digest = :digest");
    statement.bind(":digest", digest);
    return statement.executeStep();
  });
}

void Catalog::DropSegments(const std::vector<SegmentRecord>& segments) {
  const std::lock_guard lock(mutex_);
  impl_->InTransaction([&] {
    SQLite::Statement remember(
        impl_->database,
        "INSERT INTO dropped_span SELECT source.sha256, start_ms, end_ms FROM segment JOIN source"
        " USING (locator) WHERE id = :id");
    std::map<std::string, std::vector<SpanMs>> places;  // by the name of their source
    for (const SegmentRecord& segment : segments) {
      remember.bind(":id", segment.id);
      remember.exec();
      remember.reset();
      places[segment.source].push_back({segment.start_ms, segment.end_ms});
    }
    impl_->RemoveSegments(segments);
    for (const auto& [name, of_source] : places) impl_->ForgetRepeats(name, of_source);
    impl_->ForgetDroppedSpans();
  });
}

std::vector<SpanMs> Catalog::DroppedSpans(const std::string& sha256) const {
  const std::lock_guard lock(mutex_);
  return impl_->InTransaction([&] { return impl_->DroppedSpans(sha256); });
}

// Note [Nothing stays in free pages]
// SQLite overwrites deleted rows, but what moved from page to page before may stand in their unused ends. A file that
// is written anew has nothing but the rows. It is written beside the old one, not in a folder for temporary files:
// faces and voices leave the corpus folder nowhere.
void Catalog::Compact() {
  const std::lock_guard lock(mutex_);
  fs::path fresh = impl_->file;
  fresh += ".tmp";
  std::error_code ignored;
  fs::remove(fresh, ignored);
  try {
    {
      SQLite::Statement statement(impl_->database, "VACUUM INTO :file");
      statement.bind(":file", fresh.string());
      statement.exec();
    }
    fs::permissions(fresh, fs::status(impl_->file).permissions());
    CommitFile(fresh, impl_->file);
  } catch (const SQLite::Exception& error) {
    fs::remove(fresh, ignored);
    Translate(error, impl_->file);
  } catch (...) {
    fs::remove(fresh, ignored);
    throw;
  }
  impl_->database = Impl::Open(impl_->file);
  impl_->Prepare();
}

}  // namespace sezim
