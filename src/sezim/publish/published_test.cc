// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/published.h"

#include <gmock/gmock.h>

#include "sezim/base/error.h"
#include "sezim/publish/datasheet.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;
using testing::Not;

SourceRow Row(const std::string& locator, char digit, const std::string& provenance = "") {
  return {.locator = locator,
          .name = "of " + locator,
          .sha256 = std::string(64, digit),
          .state = SourceState::kDone,
          .language = "kk",
          .provenance_json = provenance};
}

PublishedSegment Segment(char digit, std::int64_t length_ms) {
  return {.record = {.id = std::string(16, digit) + "-1", .source_id = std::string(16, digit), .end_ms = length_ms}};
}

TEST(Published, AllHarvestedSourcesAreToldAndNoPathOfThisMachine) {
  const auto sources = PublishedSources(
      {Row("/secret/a.mp4", 'a'), Row("https://x.example/b", 'b'), Row("/secret/c.mp4", 'c'),
       Row("/secret/cache/d.mp4", 'd',
           R"({"url":"https://x.example/d","title":"T","channel":"C","license":"CC BY 4.0","language":"ru"})")},
      {Segment('d', 1000), Segment('a', 500), Segment('b', 250), Segment('d', 1500)});
  ASSERT_EQ(sources.size(), 4U);  // by name: a, c, cache/d, b
  EXPECT_EQ(sources[0].url, "");
  EXPECT_EQ(sources[1].url, "");
  EXPECT_EQ(sources[1].num_segments, 0);
  EXPECT_EQ(sources[1].duration_s, 0);
  EXPECT_EQ(sources[2].url, "https://x.example/d");
  EXPECT_EQ(sources[2].title + sources[2].channel + sources[2].license, "TCCC BY 4.0");
  EXPECT_EQ(sources[2].language, "kk");
  EXPECT_EQ(sources[2].num_segments, 2);
  EXPECT_DOUBLE_EQ(sources[2].duration_s, 2.5);
  EXPECT_EQ(sources[3].url, "https://x.example/b");
}

TEST(Published, FactsAreLinesOfText) {
  DatasetFacts facts{.name = "Talk", .url = "https://x.example", .date = "2026-01-31"};
  facts.RequireValid();
  facts.creator = "two\nlines";
  facts.date = "31.1.2026";
  const Error error = ThrownBy([&] { facts.RequireValid(); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_THAT(error.what(), HasSubstr("--creator"));
  EXPECT_THAT(error.what(), HasSubstr("--date"));
  for (const char* day : {"2026-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026-1-1"}) {
    EXPECT_THAT(ThrownBy([&] { DatasetFacts{.date = day}.RequireValid(); }).what(), HasSubstr("--date")) << day;
  }
  DatasetFacts{.name = "Talk", .date = "2028-02-29"}.RequireValid();
}

TEST(Published, ALicenceIsAnIdentifierOrAnAddressAndAReleaseThreeNumbers) {
  for (const char* good : {"", "CC-BY-4.0", "GPL-2.0+", "LicenseRef-ours", "https://x.example/licence?v=1"}) {
    EXPECT_NO_THROW((DatasetFacts{.name = "Talk", .license = good}.RequireValid())) << good;
  }
  for (const char* bad : {"CC BY 4.0", "our own", "https://x.example/a b", "ftp://x.example", "CC_BY"}) {
    const Error error = ThrownBy([&] { DatasetFacts{.name = "Talk", .license = bad}.RequireValid(); });
    EXPECT_EQ(error.kind(), ErrorKind::kUsage) << bad;
    EXPECT_THAT(error.what(), HasSubstr("--license")) << bad;
  }
  for (const char* good : {"0.0.1", "2.10.300"}) {
    EXPECT_NO_THROW((DatasetFacts{.name = "Talk", .version = good}.RequireValid())) << good;
  }
  for (const char* bad : {"", "one", "1", "1.0", "1.0.0.0", "1..0", ".1.0", "1.0.", "v1.0.0", "1.0.0-rc1", "1.0.0 "}) {
    const Error error = ThrownBy([&] { DatasetFacts{.name = "Talk", .version = bad}.RequireValid(); });
    EXPECT_THAT(error.what(), HasSubstr("--release must be MAJOR.MINOR.PATCH")) << bad;
  }
}

TEST(Published, MarkdownShowsTextFromOutsideAsItIs) {
  EXPECT_EQ(MarkdownText("CC BY-SA"), "CC BY\\-SA");
  EXPECT_EQ(MarkdownText("<b>&amp;"), "&lt;b\\>&amp;amp;");
  EXPECT_EQ(MarkdownText("[a](javascript:b)|`c`\nd"), "\\[a\\]\\(javascript\\:b\\)\\|\\`c\\`%0Ad");
}

TEST(Published, TheDatasheetAsksWhatOnlyThePublisherKnows) {
  DatasheetInput input{.facts = {.name = "Talk"}, .format = "csv", .corpus_toml = "name = \"x\"\n```\n# end"};
  input.sources = {{.license = "evil | licence"}, {.num_segments = 2}};
  const std::string sheet = DatasheetMarkdown(input);
  EXPECT_THAT(sheet, HasSubstr("**Under which licence?** *To be answered by the publisher.*"));
  EXPECT_THAT(sheet, HasSubstr("| evil \\| licence | 1 |"));
  EXPECT_THAT(sheet, HasSubstr("    ```\n    # end\n"));
  EXPECT_THAT(sheet, HasSubstr("from 2 videos, 0 of them with an address on the net. 1 gave segments."));
  EXPECT_THAT(DescriptionOf(input), HasSubstr("out of 1 video "));
  EXPECT_THAT(sheet, Not(HasSubstr("voice model")));
  input.facts.license = "CC-BY-4.0";
  input.languages = {"kk", "ru"};
  input.num_without_language = 3;
  input.num_heard = 5;
  EXPECT_THAT(DatasheetMarkdown(input), HasSubstr("languages: kk, ru, not recorded of 3."));
  EXPECT_THAT(DescriptionOf(input), HasSubstr("(kk, ru, not recorded of 3)"));
  EXPECT_THAT(DatasheetMarkdown(input), HasSubstr("A voice model has heard 5 of the segments"));
  EXPECT_THAT(DatasheetMarkdown(input), HasSubstr("**Under which licence?** CC\\-BY\\-4\\.0"));
}

}  // namespace
}  // namespace sezim
