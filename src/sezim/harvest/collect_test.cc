// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/collect.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "sezim/base/file.h"
#include "sezim/corpus/source_list.h"

namespace sezim {
namespace {

namespace fs = std::filesystem;

// Stands in for yt-dlp: writes down how it was called, then acts by the part of its last argument after the
// last colon: a file of that name is printed; "fail N" answers 429 for the first N calls, then prints the
// file "fail".
constexpr const char* kStandIn = R"(
import json, os, sys
target = sys.argv[-1]
with open("calls.jsonl", "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\n")
num_calls = sum(1 for _ in open("calls.jsonl"))
name = target.split(":")[-1].split("=")[-1].split("/")[-1]
if name.startswith("fail") and num_calls <= int(name[4:]):
    print(open("some").read(), end="")
    print("ERROR: [x] y: HTTP Error 429: Too Many Requests", file=sys.stderr)
    sys.exit(1)
if name.startswith("fail"):
    name = "some"
if not os.path.exists(name):
    print("ERROR: [x] y: HTTP Error 404: Not Found", file=sys.stderr)
    sys.exit(1)
print(open(name).read(), end="")
if name == "partly":
    print("ERROR: [x] one is private", file=sys.stderr)
    sys.exit(1)
)";

std::string Video(int number, const std::string& more = "") {
  return fmt::format(
      R"({{"_type":"url","ie_key":"Youtube","id":"{0}","url":"https://www.youtube.com/watch?v={0}","title":"v{0}"{1}}})"
      "\n",
      number, more);
}

class CollectTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / fmt::format("sezim_collect_{}", ::getpid());
    fs::create_directories(folder_);
    Write("stand_in.py", kStandIn);
    Write("some", Video(1) + Video(2, R"(,"duration":100,"channel":"c")"));
    Write("more", Video(2) + Video(3));
    old_ = fs::current_path();
    fs::current_path(folder_);
    program_.command = {"python3", folder_ / "stand_in.py"};
    options_.pacing = {.socket_timeout_s = 1, .retries = 2, .sleep_s = 0};
  }
  void TearDown() override {
    fs::current_path(old_);
    fs::remove_all(folder_);
  }

  void Write(const char* name, const std::string& text) { std::ofstream(folder_ / name) << text; }
  CollectResult Run() { return Collect(program_, options_); }
  std::string Calls() const { return ReadTextFile(folder_ / "calls.jsonl", 1 << 20); }

  fs::path folder_;
  fs::path old_;
  YtDlpProgram program_;
  CollectOptions options_;
};

TEST_F(CollectTest, UnitesWhatSeveralKeywordsFind) {
  options_.keywords = {"some", "more"};
  std::vector<std::string> subjects;
  const CollectResult result =
      Collect(program_, options_, {}, [&](const CollectProgress& progress) { subjects.push_back(progress.subject); });
  ASSERT_EQ(result.records.size(), 3U);
  EXPECT_EQ(result.records[0].keywords, std::vector<std::string>{"some"});
  EXPECT_EQ(result.records[1].keywords, (std::vector<std::string>{"some", "more"}));
  EXPECT_EQ(result.records[1].duration_s, 100);
  EXPECT_EQ(result.records[1].collected_at.size(), 20U);
  EXPECT_EQ(result.records[2].url, "https://www.youtube.com/watch?v=3");
  EXPECT_EQ(result.num_found, 4);
  EXPECT_EQ(result.num_duplicates, 1);
  EXPECT_TRUE(result.failures.empty());
  EXPECT_EQ(subjects, (std::vector<std::string>{"some", "some", "more", "more"}));
  EXPECT_NE(Calls().find("\"ytsearch50:more\"]"), std::string::npos) << Calls();
}

TEST_F(CollectTest, FindsPlaylists) {
  Write("lists",
        Video(1) +
            R"({"_type":"url","ie_key":"YoutubeTab","id":"PL1","url":"https://www.youtube.com/playlist?list=PL1"})"
            "\n");
  options_.mode = CollectMode::kPlaylists;
  options_.keywords = {"=lists"};
  Write("EgIQAw%253D%253D", ReadTextFile(folder_ / "lists", 10000));
  const CollectResult result = Run();
  ASSERT_EQ(result.records.size(), 1U);
  EXPECT_EQ(result.records[0].kind, SourceKind::kPlaylist);
  EXPECT_EQ(result.records[0].keywords, std::vector<std::string>{"=lists"});
  EXPECT_EQ(result.rejections.at("a video, not a playlist"), 1);
}

TEST_F(CollectTest, ListsAPlaylist) {
  options_.mode = CollectMode::kPlaylist;
  options_.url = "https://example.org/some";
  const CollectResult result = Run();
  ASSERT_EQ(result.records.size(), 2U);
  EXPECT_TRUE(result.records[0].keywords.empty());
  EXPECT_NE(Calls().find("\"--\", \"https://example.org/some\"]"), std::string::npos);
}

TEST_F(CollectTest, TriesAgainWithoutCountingTwice) {
  options_.keywords = {"fail2"};
  const CollectResult result = Run();
  EXPECT_EQ(result.num_found, 2);
  EXPECT_EQ(result.num_duplicates, 0);
  EXPECT_TRUE(result.failures.empty());
}

TEST_F(CollectTest, GivesUpAfterTheRetriesButKeepsWhatCame) {
  options_.keywords = {"fail3", "absent", "more"};
  const CollectResult result = Run();
  EXPECT_EQ(result.num_queries, 3);
  ASSERT_EQ(result.failures.size(), 2U);
  EXPECT_EQ(result.failures[0].subject, "fail3");
  EXPECT_EQ(std::string(result.failures[0].error.what()),
            "cannot search for 'fail3': [x] y: HTTP Error 429: Too Many Requests");
  EXPECT_NE(result.failures[0].error.remedy().find("--sleep"), std::string::npos);
  EXPECT_EQ(result.failures[1].subject, "absent");
  EXPECT_EQ(result.records.size(), 3U) << "two came before the failure, one of the next search is new";
}

TEST_F(CollectTest, TellsOfEntriesThatAreLacking) {
  Write("partly", Video(7));
  options_.keywords = {"partly"};
  const CollectResult result = Run();
  EXPECT_EQ(result.records.size(), 1U);
  ASSERT_EQ(result.failures.size(), 1U);
  EXPECT_EQ(std::string(result.failures[0].error.what()), "cannot search for 'partly': [x] one is private");
}

TEST_F(CollectTest, CountsReasons) {
  Write("mixed", Video(1, R"(,"live_status":"is_live")") + Video(2, R"(,"duration":10)") +
                     Video(3, R"(,"duration":99)") + Video(4) +
                     R"({"_type":"url","url":"rtmp://a/b"})"
                     "\n");
  options_.keywords = {"mixed"};
  options_.min_duration_s = 60;
  const CollectResult result = Run();
  ASSERT_EQ(result.records.size(), 2U);
  EXPECT_EQ(result.records[0].id, "3");
  EXPECT_EQ(result.records[1].id, "4") << "a duration that is not known is no reason";
  EXPECT_EQ(result.rejections, (std::map<std::string, std::int64_t>{
                                   {"live stream", 1}, {"not a web link", 1}, {"shorter than wanted", 1}}));
}

TEST_F(CollectTest, SurvivesNonsense) {
  Write("nonsense", "{}\nnot json\n" + Video(8) + "{\"duration\":NaN}\n" + Video(9));
  options_.keywords = {"nonsense", "some"};
  const CollectResult result = Run();
  EXPECT_EQ(result.records.size(), 4U) << "what can be read is kept, also after what cannot";
  ASSERT_EQ(result.failures.size(), 1U);
  EXPECT_EQ(result.failures[0].error.kind(), ErrorKind::kNetwork);
}

TEST_F(CollectTest, ATitleWithoutEndCostsItsOwnEntryOnly) {
  Write("endless", Video(8) + Video(9, R"(,"channel":")" + std::string(1'100'000, 'c') + '"') + Video(10));
  options_.keywords = {"endless", "some"};
  const CollectResult result = Run();
  EXPECT_EQ(result.records.size(), 4U);
  ASSERT_EQ(result.failures.size(), 1U);
  EXPECT_EQ(result.failures[0].error.kind(), ErrorKind::kBadInput);
  EXPECT_NO_THROW(WriteSourceList(folder_ / "sources.jsonl", result.records));
}

TEST_F(CollectTest, StopsWithWhatItHas) {
  options_.keywords = {"some", "more"};
  std::stop_source source;
  const CollectResult result = Collect(program_, options_, source.get_token(), [&](const CollectProgress& progress) {
    if (progress.subject == "more") source.request_stop();
  });
  EXPECT_TRUE(result.interrupted);
  EXPECT_GE(result.records.size(), 2U);
}

TEST_F(CollectTest, AMissingProgramIsAnErrorAtOnce) {
  program_.command = {"no-such-program-here"};
  options_.keywords = {"some"};
  EXPECT_THROW(Run(), Error);
}

TEST(CollectOptions, FiltersByDurationLanguageAndTitle) {
  SourceRecord record;
  record.url = "https://a/b";
  record.title = "Жаңа ФИЛЬМ туралы сұхбат";
  record.duration_s = 100;
  record.language = "kk-KZ";
  CollectOptions options;
  EXPECT_EQ(RejectionReason(record, false, options), "");
  EXPECT_EQ(RejectionReason(record, true, options), "live stream");
  options.max_duration_s = 99;
  EXPECT_EQ(RejectionReason(record, false, options), "longer than wanted");
  options.max_duration_s = 100;
  options.min_duration_s = 100;
  options.language = "KK";
  EXPECT_EQ(RejectionReason(record, false, options), "");
  options.language = "ru";
  EXPECT_EQ(RejectionReason(record, false, options), "other language");
  options.language = "";
  options.title_include = {"аңыз", "СҰХБАТ"};
  EXPECT_EQ(RejectionReason(record, false, options), "");
  options.title_exclude = {"фильм"};
  EXPECT_EQ(RejectionReason(record, false, options), "title not wanted");
  options.title_exclude = {};
  options.title_include = {"аңыз"};
  EXPECT_EQ(RejectionReason(record, false, options), "title not wanted");
}

TEST(CollectOptions, ReportAllThatIsWrongTogether) {
  CollectOptions options;
  options.limit = -1;
  options.min_duration_s = 10;
  options.max_duration_s = 5;
  options.language = "kazakh language";
  options.title_exclude = {""};
  options.pacing.retries = -1;
  try {
    options.Validate();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    for (const char* part :
         {"at least one keyword", "limit", "max_duration_s", "language", "must not hold", "retries"}) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << part << " is not in: " << error.what();
    }
  }
  CollectOptions playlist;
  playlist.mode = CollectMode::kPlaylist;
  playlist.url = "file:///etc/passwd";
  EXPECT_THROW(playlist.Validate(), Error);
  playlist.url = "https://example.org/list";
  EXPECT_NO_THROW(playlist.Validate());
  CollectOptions newline;
  newline.keywords = {"a\nb"};
  EXPECT_THROW(newline.Validate(), Error);
}

}  // namespace
}  // namespace sezim
