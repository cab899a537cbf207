// SPDX-License-Identifier: Apache-2.0
// The catalogue as a file: what is refused, and use from several threads.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include <thread>

#include "sezim/base/error.h"
#include "sezim/catalog/catalog.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

constexpr const char* kWithoutFormat6 =
    "ALTER TABLE segment DROP COLUMN voice_check; ALTER TABLE rejection DROP COLUMN emotion;"
    "ALTER TABLE rejection DROP COLUMN language;";

TEST(CatalogFile, OthersAreRefused) {
  const TemporaryFolder folder;
  const auto kind_of = [&](const std::filesystem::path& file) {
    const std::string before = ContentOf(file);
    const Error error = ThrownBy([&] { Catalog catalog(file); });
    EXPECT_FALSE(error.remedy().empty());
    EXPECT_EQ(ContentOf(file), before);  // left as it was
    return error.kind();
  };
  EXPECT_EQ(kind_of(folder.Write("text.db", std::string(5000, 'x'))), ErrorKind::kBadInput);
  const auto make = [&](const char* name, const std::string& sql) {
    SQLite::Database database((folder / name).string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec(sql);
    return folder / name;
  };
  EXPECT_EQ(kind_of(make("foreign.db", "CREATE TABLE t (x)")), ErrorKind::kBadInput);
  EXPECT_EQ(kind_of(make("foreign2.db", "CREATE TABLE t (x); PRAGMA user_version = 1")), ErrorKind::kBadInput);
  { const Catalog ours(folder / "newer.db"); }
  EXPECT_EQ(kind_of(make("newer.db", "PRAGMA user_version = 7")), ErrorKind::kBadInput);
  EXPECT_NO_THROW(Catalog(folder / "new.db"));
  EXPECT_EQ(ThrownBy([&] { Catalog catalog(folder / "none" / "x.db"); }).kind(), ErrorKind::kIo);
}

TEST(CatalogFile, UnfinishedWorkOfAnEarlierFormatIsDoneAgain) {
  const TemporaryFolder folder;
  const auto file = folder / "catalog.db";
  {
    Catalog catalog(file);
    catalog.BeginSource({.locator = "/a", .name = "a", .sha256 = "x"});
    catalog.SaveUnit("/a", 0, "TRK3");
    SQLite::Database(file.string(), SQLite::OPEN_READWRITE)
        .exec("DROP TABLE picture_print; ALTER TABLE segment_extras DROP COLUMN face_print;" +
              std::string(kWithoutFormat6) + "PRAGMA user_version = 4");
  }
  Catalog catalog(file);
  EXPECT_EQ(catalog.Sources().size(), 1U);
  EXPECT_TRUE(catalog.UnitsDone("/a").empty());
  EXPECT_TRUE(catalog.PrintsOf("/a").pictures.empty());
}

TEST(CatalogFile, WhatAnEarlierFormatDoesNotKnowIsEmpty) {
  const TemporaryFolder folder;
  const auto file = folder / "catalog.db";
  const SegmentRecord segment{.id = "x-1", .source = "a", .source_id = "x", .end_ms = 900, .audio = "audio/sad/x.flac"};
  const RejectionRecord rejection = RejectionOf(segment, "noisy");
  {
    Catalog(file).FinishSource({.locator = "/a", .name = "a", .sha256 = "x"}, {segment}, {rejection});
    SQLite::Database(file.string(), SQLite::OPEN_READWRITE)
        .exec(std::string(kWithoutFormat6) + "PRAGMA user_version = 5");
  }
  Catalog catalog(file);
  catalog.ForEachSegment([&](const SegmentRecord& found) { EXPECT_EQ(JsonLine(found), JsonLine(segment)); });
  int num_rejections = 0;
  catalog.ForEachRejection([&](const RejectionRecord& found) {
    ++num_rejections;
    EXPECT_EQ(found.emotion, std::nullopt);
    EXPECT_EQ(found.language, std::nullopt);
    EXPECT_EQ(found.reason, "noisy");
  });
  EXPECT_EQ(num_rejections, 1);
  catalog.SetVoiceChecks({{"x-1", VoiceCheck::kUnverified}});
  catalog.ForEachSegment([](const SegmentRecord& found) { EXPECT_EQ(found.voice_check, VoiceCheck::kUnverified); });
}

TEST(CatalogFile, MayBeUsedFromSeveralThreads) {
  const TemporaryFolder folder;
  Catalog catalog(folder / "catalog.db");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      const std::string locator = "/" + std::to_string(i);
      catalog.BeginSource({.locator = locator, .name = locator});
      for (int unit = 0; unit < 10; ++unit) catalog.SaveUnit(locator, unit, locator);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(catalog.Sources().size(), 4U);
  for (const SourceRow& source : catalog.Sources()) {
    EXPECT_EQ(catalog.UnitsDone(source.locator).size(), 10U);
    for (int unit = 0; unit < 10; ++unit) EXPECT_EQ(catalog.Unit(source.locator, unit), source.locator);
  }
}

}  // namespace
}  // namespace sezim
