// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/report_page.h"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "sezim/base/error.h"
#include "sezim/base/sha256.h"
#include "sezim/catalog/catalog.h"
#include "sezim/publish/web_assets.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

constexpr const char* kHostile = "</script><script>alert(1)</script><!-- \xE2\x80\xA8 & \"quoted\".mp4";

std::string ContentOf(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::size_t Count(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

// What stands between `begin` and the next "</script>".
std::string Element(const std::string& page, const std::string& begin) {
  const std::size_t at = page.find(begin) + begin.size();
  return page.substr(at, page.find("</script>", at) - at);
}

class ReportPageTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_.Write("corpus/corpus.toml", "[corpus]\nname = \"talks <b>\"\n[recipe]\nname = \"default\"\n");
    Catalog catalog(corpus_.catalog());
    Add(catalog, "/1", kHostile, Emotion::kSad);
    Add(catalog, "/2", "second.mp4", Emotion::kHappy);
  }

  void Add(Catalog& catalog, const std::string& locator, const std::string& name, Emotion emotion) {
    SourceRow row{.locator = locator, .name = name, .sha256 = Sha256OfText(name), .state = SourceState::kDone};
    row.counts.duration_s = 10;
    row.timeline.speech = {{100, 900}};
    SegmentRecord segment{.id = row.id() + "-00000100",
                          .source = name,
                          .source_id = row.id(),
                          .start_ms = 100,
                          .end_ms = 900,
                          .emotion = emotion,
                          .agreement = 0.875,
                          .num_frames = 8,
                          .audio = "audio/" + std::string(NameOf(emotion)) + "/" + row.id() + "-00000100.flac",
                          .sha256 = Sha256OfText("sound of " + locator)};
    ScoreOf(segment.scores, emotion) = 1;
    folder_.Write("corpus/" + segment.audio, "sound of " + locator);
    catalog.FinishSource(row, {segment},
                         {{.source = name,
                           .source_id = row.id(),
                           .start_ms = 2000,
                           .end_ms = 2500,
                           .reason = "no-face",
                           .detail = kHostile}},
                         {{.face_jpeg = "face of " + locator}});
  }

  std::string Page(const ReportOptions& options) const { return ContentOf(WriteReport(corpus_, options).file); }

  std::set<std::string> Files() const {
    std::set<std::string> files;
    for (const auto& entry : fs::directory_iterator(corpus_.root())) files.insert(entry.path().filename());
    return files;
  }

  TemporaryFolder folder_;
  CorpusFolder corpus_{folder_ / "corpus"};
};

TEST_F(ReportPageTest, HoldsTheCorpusAndLeavesNoTextOfItToHtml) {
  const std::string page = Page({});
  EXPECT_TRUE(IsReport(corpus_.report()));
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, HasSubstr("<title>talks &lt;b&gt;"));
  const Json data = Json::parse(Element(page, "id=\"data\">"));
  EXPECT_EQ(data["corpus"]["name"], "talks <b>");
  ASSERT_EQ(data["segments"]["id"].size(), 2U);
  const int source = data["segments"]["source"][0].get<int>();
  EXPECT_EQ(data["sources"][source]["name"], kHostile);
  EXPECT_EQ(data["sources"][source]["speech"], Json::array({100, 900}));
  EXPECT_EQ(data["segments"]["agreement"][0], 875);
  EXPECT_EQ(data["rejections"]["detail"][0], kHostile);
  EXPECT_EQ(Json::parse(Element(page, "id=\"faces-0\">")).size(), 2U);
  EXPECT_EQ(Count(page, "<script"), Count(page, "</script>"));
}

TEST_F(ReportPageTest, ItsPolicyLetsNothingInFromANetwork) {
  const std::string page = Page({});
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, Not(HasSubstr("unsafe-eval")));
  const std::string own = std::string(ReportAssets().page) + std::string(ReportAssets().style);
  EXPECT_FALSE(std::regex_search(own, std::regex("<(link|iframe|img|script)[^>]*(src|href)=|@import|url\\(")));
}

TEST_F(ReportPageTest, TheSameCorpusGivesTheSameBytes) {
  const std::string once = Page({});
  EXPECT_EQ(Page({}), once);
  EXPECT_EQ(Files(), (std::set<std::string>{"audio", "catalog.db", "corpus.toml", "report.html"}));
}

TEST_F(ReportPageTest, ElsewhereItLeadsBackToTheSounds) {
  const fs::path out = folder_ / "some where/page.html";
  fs::create_directories(out.parent_path());
  EXPECT_EQ(Json::parse(Element(Page({.out = out}), "id=\"data\">"))["audio_base"], "../corpus/");
  EXPECT_EQ(Json::parse(Element(Page({}), "id=\"data\">"))["audio_base"], "");
}

TEST_F(ReportPageTest, IsWrittenWhereDropFindsIt) {
  fs::create_directories(corpus_.root() / "pages");
  fs::create_directory_symlink(corpus_.root() / "pages", folder_ / "link");
  for (const fs::path& out : {corpus_.root() / "pages/page.html", corpus_.root() / "page.htm", corpus_.root() / "page",
                              folder_ / "link/page.html"}) {
    EXPECT_EQ(ThrownBy([&] { WriteReport(corpus_, {.out = out}); }).kind(), ErrorKind::kUsage) << out;
    EXPECT_FALSE(fs::exists(out));
  }
  WriteReport(corpus_, {.out = corpus_.root() / "for Sara.html"});
}

TEST_F(ReportPageTest, HoldsTheSoundsWhereAskedTo) {
  const std::string page = Page({.embed_sounds = true});
  EXPECT_EQ(Element(page, "id=\"sound-0\">"), "c291bmQgb2YgLzE=");  // "sound of /1", which sorts first
  EXPECT_THAT(Page({}), Not(HasSubstr("id=\"sound-0\"")));
}

TEST_F(ReportPageTest, AReviewNamesNoSource) {
  const std::string page = Page({.review = ReviewOptions{}});
  const Json data = Json::parse(Element(page, "id=\"data\">"));
  EXPECT_EQ(data["review"]["per_emotion"], 20);
  EXPECT_EQ(data["segments"]["id"].size(), 2U);
  EXPECT_THAT(page, Not(HasSubstr("second.mp4")));
  EXPECT_THAT(page, Not(HasSubstr("no-face")));
  EXPECT_THAT(page, HasSubstr("id=\"sound-1\""));
}

TEST_F(ReportPageTest, ReplacesNoFileThatIsNoReport) {
  const fs::path mine = folder_.Write("mine.html", "my own page");
  EXPECT_EQ(ThrownBy([&] { WriteReport(corpus_, {.out = mine}); }).kind(), ErrorKind::kUsage);
  EXPECT_EQ(ContentOf(mine), "my own page");
  EXPECT_EQ(ThrownBy([&] { WriteReport(corpus_, {.out = corpus_.root()}); }).kind(), ErrorKind::kUsage);
  EXPECT_EQ(ThrownBy([&] { WriteReport(corpus_, {.out = folder_ / "none/page.html"}); }).kind(), ErrorKind::kNotFound);
}

TEST_F(ReportPageTest, SaysWhichSoundIsMissingAndLeavesNothingBehind) {
  fs::remove_all(corpus_.root() / "audio/sad");
  const std::set<std::string> before = Files();
  const Error error = ThrownBy([&] { WriteReport(corpus_, {.embed_sounds = true}); });
  EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  EXPECT_THAT(error.what(), HasSubstr("audio/sad"));
  EXPECT_THAT(error.remedy(), HasSubstr("corpus verify"));
  EXPECT_THAT(error.remedy(), HasSubstr("into a new folder"));
  EXPECT_EQ(Files(), before);
}

TEST_F(ReportPageTest, RefusesASoundThatDiffersFromItsRecord) {
  const std::set<std::string> before = Files();
  Catalog(corpus_.catalog()).ForEachSegment([&](const SegmentRecord& segment) {
    if (segment.emotion == Emotion::kSad) folder_.Write("corpus/" + segment.audio, "another sound");
  });
  for (const ReportOptions& options : {ReportOptions{.embed_sounds = true}, ReportOptions{.review = ReviewOptions{}}}) {
    const Error error = ThrownBy([&] { WriteReport(corpus_, options); });
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    EXPECT_THAT(error.what(), HasSubstr("audio/sad"));
    EXPECT_THAT(error.remedy(), HasSubstr("corpus verify"));
    EXPECT_EQ(Files(), before);
  }
}

TEST_F(ReportPageTest, RefusesMoreSoundThanAPageCanHold) {
  const Catalog catalog(corpus_.catalog());
  catalog.ForEachSegment([&](const SegmentRecord& segment) {
    fs::resize_file(corpus_.AudioFile(segment.audio), kMaxSoundBytes / 2 + 1);  // sparse: takes no room
  });
  const Error error = ThrownBy([&] { WriteReport(corpus_, {.embed_sounds = true}); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_THAT(error.what(), HasSubstr("256 MiB"));
  EXPECT_THAT(error.remedy(), HasSubstr("--sample"));
  EXPECT_FALSE(fs::exists(corpus_.report()));
}

TEST_F(ReportPageTest, ACorpusWithoutSegmentsHasAReportButNoReview) {
  Catalog(corpus_.catalog()).DropSources({{.locator = "/1"}});
  Catalog(corpus_.catalog()).DropSources({{.locator = "/2"}});
  EXPECT_EQ(WriteReport(corpus_, {}).num_segments, 0U);
  EXPECT_EQ(ThrownBy([&] { WriteReport(corpus_, {.review = ReviewOptions{}}); }).kind(), ErrorKind::kUsage);
}

TEST_F(ReportPageTest, ASegmentThatIsDroppedMeanwhileStaysOutOfThePage) {
  const auto drop = [&](double /*share*/) {
    Catalog catalog(corpus_.catalog());
    std::vector<SegmentRecord> segments;
    catalog.ForEachSegment([&](const SegmentRecord& segment) {
      if (segment.source == "second.mp4") segments.push_back(segment);
    });
    if (!segments.empty()) catalog.DropSegments(segments);
  };
  EXPECT_EQ(ThrownBy([&] { WriteReport(corpus_, {.embed_sounds = true}, drop); }).kind(), ErrorKind::kBusy);
  EXPECT_FALSE(fs::exists(corpus_.report()));
}

TEST_F(ReportPageTest, ASourceThatIsDroppedMeanwhileStaysOutOfThePage) {
  const auto drop = [&](double /*share*/) { Catalog(corpus_.catalog()).DropSources({{.locator = "/2"}}); };
  EXPECT_EQ(ThrownBy([&] { WriteReport(corpus_, {.embed_sounds = true}, drop); }).kind(), ErrorKind::kBusy);
  EXPECT_FALSE(fs::exists(corpus_.report()));
}

}  // namespace
}  // namespace sezim
