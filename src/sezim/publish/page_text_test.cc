// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/page_text.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <random>

namespace sezim {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(JsonForScript, LeavesNothingThatHtmlOrAScriptWouldTakeForItsOwn) {
  const std::string hostile =
      "</script><script>alert(1)</script><!-- --> ]]> & \xE2\x80\xA8 \xE2\x80\xA9 \xE2\x80\xA7 'x' \"y\" \\ \n";
  const std::string escaped = JsonForScript(nlohmann::json{{hostile, hostile}}.dump());
  for (const char* never : {"<", ">", "&", "\xE2\x80\xA8", "\xE2\x80\xA9", "\n"}) {
    EXPECT_THAT(escaped, Not(HasSubstr(never)));
  }
  EXPECT_THAT(escaped, HasSubstr("\xE2\x80\xA7"));  // a neighbour of the line separators is no line separator
  EXPECT_EQ(nlohmann::json::parse(escaped).at(hostile), hostile);
}

TEST(JsonForScript, MeansTheSameForAnyText) {
  std::mt19937 random(1);
  const std::string letters = "<>&/!-s\\\"\xE2\x80\xA8";
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (int i = 0; i < 12; ++i) {
      const std::size_t at = random() % 9;
      text += at < 8 ? letters.substr(at, 1) : letters.substr(9, 3);
    }
    EXPECT_EQ(nlohmann::json::parse(JsonForScript(nlohmann::json(text).dump())), text);
  }
}

TEST(JsonForScript, ATextThatEndsWithinALineSeparatorIsKept) {
  EXPECT_EQ(JsonForScript("\xE2\x80"), "\xE2\x80");
  EXPECT_EQ(JsonForScript(""), "");
}

TEST(HtmlText, EscapesWhatHtmlReads) {
  EXPECT_EQ(HtmlText("<b a=\"x\" c='y'>Zhan & Sara</b>"),
            "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;Zhan &amp; Sara&lt;/b&gt;");
}

TEST(Base64, TheExamplesOfTheStandard) {  // RFC 4648, section 10
  EXPECT_EQ(Base64(""), "");
  EXPECT_EQ(Base64("f"), "Zg==");
  EXPECT_EQ(Base64("fo"), "Zm8=");
  EXPECT_EQ(Base64("foo"), "Zm9v");
  EXPECT_EQ(Base64("foob"), "Zm9vYg==");
  EXPECT_EQ(Base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(Base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64(std::string("\xFF\xFE\x00", 3)), "//4A");
}

TEST(UrlOfPath, LeavesNoByteThatMeansSomethingInAUrl) {
  EXPECT_EQ(UrlOfPath("audio/happy/0123-00001000.flac"), "audio/happy/0123-00001000.flac");
  EXPECT_EQ(UrlOfPath("a b/#?%\"'\xD0\x96"), "a%20b/%23%3F%25%22%27%D0%96");
}

}  // namespace
}  // namespace sezim
