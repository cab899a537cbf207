// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/source_list.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace sezim {
namespace {

namespace fs = std::filesystem;

class SourceListTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("sezim_source_list_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
};

SourceRecord FullRecord() {
  return {.kind = SourceKind::kPlaylist,
          .url = "https://example.org/watch?v=1",
          .extractor = "Youtube",
          .id = "1",
          .title = "Қуаныш \"сөзі\"\n\u2028",
          .channel = "Арна",
          .duration_s = 12.5,
          .license = "CC BY",
          .language = "kk",
          .keywords = {"б", "а"},
          .collected_at = "2026-01-31T23:59:59Z",
          .other_fields = R"({"note":{"by":["a"]}})"};
}

std::string WhatOf(std::string_view line) {
  try {
    ParseSourceRecord(line);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    EXPECT_FALSE(error.remedy().empty());
    return error.what();
  }
  ADD_FAILURE() << "accepted: " << line.substr(0, 100);
  return "";
}

std::vector<SourceRecord> ParseInPieces(std::string_view text, std::size_t piece, SourceListOptions options = {}) {
  std::vector<SourceRecord> records;
  SourceListParser parser(
      "list", [&](SourceRecord&& record) { records.push_back(std::move(record)); }, options);
  for (std::size_t at = 0; at < text.size(); at += piece) parser.Feed(text.substr(at, piece));
  parser.Finish();
  return records;
}

TEST(SourceRecord, SurvivesWritingAndReading) {
  EXPECT_EQ(ParseSourceRecord(ToJson(FullRecord())), FullRecord());
  const SourceRecord least{.url = "http://a"};
  EXPECT_EQ(ToJson(least), R"({"url":"http://a"})");
  EXPECT_EQ(ParseSourceRecord(ToJson(least)), least);
  EXPECT_EQ(ToJson(FullRecord()).find('\n'), std::string::npos);
}

TEST(SourceRecord, TakesNullForNotStated) {
  const SourceRecord record = ParseSourceRecord(
      R"({"url":"http://a","id":null,"title":null,"duration_s":null,"license":null,"keywords":null,"kind":"video"})");
  EXPECT_EQ(record, SourceRecord{.url = "http://a"});
}

TEST(SourceRecord, SaysWhatIsWrong) {
  EXPECT_EQ(WhatOf("{\"url\": "), "not valid JSON at byte 9");
  EXPECT_EQ(WhatOf("[1]"), "expected a JSON object, not array");
  EXPECT_EQ(WhatOf("{}"), "the field 'url' is missing");
  EXPECT_EQ(WhatOf(R"({"url":7})"), "'url' must be a text, not number");
  EXPECT_EQ(WhatOf(R"({"url":"file:///etc/passwd"})"), "'url' must be a link that starts with http:// or https://");
  EXPECT_EQ(WhatOf(R"({"url":"http://a","duration_s":-1})"),
            "'duration_s' must be a number of seconds from 0 to 1e+09");
  EXPECT_EQ(WhatOf(R"({"url":"http://a","duration_s":"9"})"),
            "'duration_s' must be a number of seconds from 0 to 1e+09");
  EXPECT_EQ(WhatOf(R"({"url":"http://a","keywords":["a",1]})"), "'keywords' must be an array of at most 10000 texts");
  EXPECT_EQ(WhatOf(R"({"url":"http://a","collected_at":"yesterday"})"),
            "'collected_at' must look like 2026-01-31T23:59:59Z");
  EXPECT_EQ(WhatOf(R"({"url":"http://a","language":"\u001b[31mX"})"), "'language' must be a tag such as kk or pt-BR");
  EXPECT_EQ(WhatOf(R"({"url":"http://a","kind":"song"})"), "'kind' must be \"video\" or \"playlist\"");
  EXPECT_EQ(WhatOf("{\"url\":\"http://a\",\"title\":\"\xff\"}"), "not valid JSON at byte 28");
  EXPECT_EQ(WhatOf(R"({"url":"http://a","duration_s":1e999})"), "not valid JSON: a number is out of range");
}

TEST(SourceRecord, LimitsNestingAndLength) {
  const auto nested = [](int depth) {
    return R"({"url":"http://a","x":)" + std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']') + "}";
  };
  EXPECT_NO_THROW(ParseSourceRecord(nested(kMaxSourceDepth - 1)));
  EXPECT_EQ(WhatOf(nested(kMaxSourceDepth + 1)), "objects and arrays are nested more than 16 deep");
  EXPECT_EQ(WhatOf(R"({"x":)" + std::string(1'000'000, '[')), "objects and arrays are nested more than 16 deep");
  EXPECT_EQ(WhatOf(std::string(kMaxSourceLineBytes + 1, ' ')), "the line is longer than 1048576 bytes");
}

TEST(SourceRecord, KnowsAFetchableUrl) {
  for (const char* good : {"http://a", "HTTPS://a/b?c#d", "https://қаз.kz/ә", "http://127.0.0.1:80/"}) {
    EXPECT_TRUE(IsFetchableUrl(good)) << good;
  }
  for (const char* bad : {"", "http://", "https:///x", "ftp://a", "file:///a", "a", "-o", "--exec=x", "http:/a",
                          "http://a b", "http://a\n", " http://a", "javascript:x", "ytsearch1:x"}) {
    EXPECT_FALSE(IsFetchableUrl(bad)) << bad;
  }
  EXPECT_FALSE(IsFetchableUrl("http://" + std::string(8192, 'a')));
}

TEST(SourceList, ReadsTheSameInPiecesOfAnySize) {
  const std::string text = "\xEF\xBB\xBF" + ToJson(FullRecord()) + "\r\n\n  \n" + ToJson({.url = "http://b"});
  const std::vector<SourceRecord> whole = ParseInPieces(text, text.size());
  ASSERT_EQ(whole.size(), 2U);
  EXPECT_EQ(whole[0], FullRecord());
  EXPECT_EQ(whole[1].url, "http://b");
  for (const std::size_t piece : {1, 2, 3, 7, 64}) EXPECT_EQ(ParseInPieces(text, piece), whole) << piece;
  EXPECT_TRUE(ParseInPieces("", 1).empty());
}

TEST(SourceList, GoesOnAfterABadLineIfAsked) {
  std::vector<std::string> problems;
  SourceListOptions options;
  options.on_bad_line = [&](const Error& error) { problems.emplace_back(error.what()); };
  const std::string text = "{\"url\":\"http://a\"}\nnonsense\n" + std::string(kMaxSourceLineBytes + 1, '{') +
                           "\n{}\n{\"url\":\"http://b\"}\n";
  for (const std::size_t piece : {std::size_t{4096}, text.size()}) {
    problems.clear();
    const std::vector<SourceRecord> records = ParseInPieces(text, piece, options);
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[1].url, "http://b");
    EXPECT_EQ(problems, (std::vector<std::string>{"'list', line 2: not valid JSON at byte 2",
                                                  "'list', line 3: the line is longer than 1048576 bytes",
                                                  "'list', line 4: the field 'url' is missing"}));
  }
  EXPECT_THROW(ParseInPieces(text, text.size()), Error);
}

TEST(SourceList, LimitsTheWhole) {
  const std::string text = "{\"url\":\"http://a\"}\n{\"url\":\"http://b\"}\n";
  SourceListOptions options;
  options.on_bad_line = [](const Error&) {};
  options.max_records = 1;
  EXPECT_THROW(ParseInPieces(text, 5, options), Error);
  options.max_records = 2;
  EXPECT_EQ(ParseInPieces(text, 5, options).size(), 2U);
  options.max_bytes = static_cast<std::int64_t>(text.size()) - 1;
  EXPECT_THROW(ParseInPieces(text, 5, options), Error);
}

TEST_F(SourceListTest, WritesWhatItReads) {
  const fs::path path = folder_ / "sources.jsonl";
  std::vector<SourceRecord> records(3000, FullRecord());
  for (std::size_t i = 0; i < records.size(); ++i) {
    records[i].id = std::to_string(i);
    records[i].title = std::string(1000, 'x');
  }
  WriteSourceList(path, records);
  std::vector<SourceRecord> read;
  ReadSourceList(path, [&](SourceRecord&& record) { read.push_back(std::move(record)); });
  EXPECT_EQ(read, records);
  WriteSourceList(path, {});
  EXPECT_EQ(fs::file_size(path), 0U);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1) << "a temporary file was left";
}

TEST_F(SourceListTest, LeavesTheOldFileWhenWritingFails) {
  EXPECT_THROW(WriteSourceList(folder_ / "absent" / "sources.jsonl", {}), Error);
  fs::create_directory(folder_ / "taken");
  EXPECT_THROW(WriteSourceList(folder_ / "taken", {}), Error);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1) << "a temporary file was left";
  EXPECT_THROW(ReadSourceList(folder_, [](SourceRecord&&) {}), Error);
}

TEST(SourceSet, UnitesDuplicates) {
  SourceSet set;
  EXPECT_TRUE(set.Add({.url = "http://a", .extractor = "Youtube", .id = "1", .title = "first", .keywords = {"x"}}));
  EXPECT_TRUE(set.Add({.url = "http://b", .extractor = "Youtube", .id = "2"}));
  EXPECT_FALSE(set.Add({.url = "http://a", .title = "second", .license = "CC BY", .keywords = {"y", "x"}}));
  EXPECT_FALSE(
      set.Add({.url = "http://a?list=1", .extractor = "Youtube", .id = "1", .duration_s = 5, .keywords = {"z"}}));
  EXPECT_FALSE(set.Add({.url = "http://a?list=1"})) << "known by its other link";
  EXPECT_TRUE(set.Add({.url = "http://c", .extractor = "Vimeo", .id = "1"})) << "another site's id";
  EXPECT_TRUE(set.Add({.url = "http://d/clip.mp4", .extractor = "Generic", .id = "clip"}));
  EXPECT_TRUE(set.Add({.url = "http://e/clip.mp4", .extractor = "Generic", .id = "clip"}));
  ASSERT_EQ(set.records().size(), 5U);
  const SourceRecord& united = set.records()[0];
  EXPECT_EQ(united.url, "http://a");
  EXPECT_EQ(united.title, "first");
  EXPECT_EQ(united.license, "CC BY");
  EXPECT_EQ(united.duration_s, 5);
  EXPECT_EQ(united.keywords, (std::vector<std::string>{"x", "y", "z"}));
}

TEST(SourceSet, ARecordMayTellThatTwoAreOneSource) {
  SourceSet set;
  EXPECT_TRUE(set.Add({.url = "http://short/1", .keywords = {"x"}}));
  EXPECT_TRUE(set.Add({.url = "http://other"}));
  EXPECT_TRUE(set.Add({.url = "http://long?v=1", .extractor = "Youtube", .id = "1", .title = "t", .keywords = {"y"}}));
  EXPECT_TRUE(set.Add({.url = "http://last"}));
  EXPECT_FALSE(set.Add({.url = "http://short/1", .extractor = "Youtube", .id = "1", .keywords = {"z"}}));
  ASSERT_EQ(set.records().size(), 3U);
  EXPECT_EQ(set.records()[0].url, "http://short/1");
  EXPECT_EQ(set.records()[0].title, "t");
  EXPECT_EQ(set.records()[0].keywords, (std::vector<std::string>{"x", "y", "z"}));
  for (const char* url : {"http://long?v=1", "http://last", "http://other"}) EXPECT_FALSE(set.Add({.url = url})) << url;
  EXPECT_EQ(set.records()[1].url, "http://other");
  EXPECT_EQ(set.records()[2].url, "http://last");
}

TEST(UtcNow, IsATimeThatTheReaderTakes) {
  const std::string now = UtcNow();
  EXPECT_EQ(ParseSourceRecord(R"({"url":"http://a","collected_at":")" + now + "\"}").collected_at, now);
  EXPECT_GT(now, "2024-01-01T00:00:00Z");
}

}  // namespace
}  // namespace sezim
