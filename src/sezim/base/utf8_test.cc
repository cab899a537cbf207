// SPDX-License-Identifier: Apache-2.0
#include "sezim/base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace sezim {
namespace {

using namespace std::string_view_literals;

// The Unicode Standard 15, table 3-7: the first and the last of each row, and what lies just outside.
TEST(Utf8, KnowsWellFormedSequences) {
  for (const std::string_view good :
       {"a"sv, "\0"sv, "\x7f"sv, "\xc2\x80"sv, "\xdf\xbf"sv, "\xe0\xa0\x80"sv, "\xe0\xbf\xbf"sv, "\xe1\x80\x80"sv,
        "\xec\xbf\xbf"sv, "\xed\x80\x80"sv, "\xed\x9f\xbf"sv, "\xee\x80\x80"sv, "\xef\xbf\xbf"sv, "\xf0\x90\x80\x80"sv,
        "\xf0\xbf\xbf\xbf"sv, "\xf1\x80\x80\x80"sv, "\xf3\xbf\xbf\xbf"sv, "\xf4\x80\x80\x80"sv, "\xf4\x8f\xbf\xbf"sv}) {
    EXPECT_EQ(Utf8SequenceLength(good), good.size());
    EXPECT_EQ(Utf8SequenceLength(std::string(good) + "\x80"), good.size());
    EXPECT_TRUE(IsValidUtf8(good));
    for (std::size_t cut = 1; cut < good.size(); ++cut) EXPECT_EQ(Utf8SequenceLength(good.substr(0, cut)), 0U);
  }
}

TEST(Utf8, KnowsIllFormedSequences) {
  for (const std::string_view bad :
       {"\x80"sv, "\xbf"sv, "\xc0\x80"sv, "\xc1\xbf"sv,        // stray, overlong
        "\xc2\x7f"sv, "\xc2\xc0"sv, "\xe0\x9f\xbf"sv,          // overlong
        "\xed\xa0\x80"sv, "\xed\xbf\xbf"sv,                    // surrogates
        "\xe1\x80\x7f"sv, "\xe1\x80\xc0"sv, "\xe1\x7f\x80"sv,  //
        "\xf0\x8f\xbf\xbf"sv, "\xf4\x90\x80\x80"sv,            // overlong, beyond U+10FFFF
        "\xf1\x80\x80\x7f"sv, "\xf1\x80\x7f\x80"sv, "\xf5\x80\x80\x80"sv, "\xfe"sv, "\xff"sv}) {
    EXPECT_EQ(Utf8SequenceLength(bad), 0U) << static_cast<unsigned>(static_cast<unsigned char>(bad[0]));
    EXPECT_FALSE(IsValidUtf8(bad));
    EXPECT_FALSE(IsValidUtf8("text " + std::string(bad) + " text"));
  }
  EXPECT_EQ(Utf8SequenceLength(""), 0U);
  EXPECT_TRUE(IsValidUtf8(""));
  EXPECT_TRUE(IsValidUtf8("Қазақша сөйлеу 😀"));
}

std::string Encoded(char32_t c) {
  std::string bytes;
  const auto put = [&](char32_t value) { bytes += static_cast<char>(value); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F)), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
  }
  return bytes;
}

TEST(Utf8, TakesEveryCodePointButSurrogates) {
  for (char32_t c = 0; c < 0x11'0100; ++c) {
    const bool valid = c < 0x11'0000 && (c < 0xD800 || c > 0xDFFF);
    ASSERT_EQ(IsValidUtf8(Encoded(c)), valid) << static_cast<std::uint32_t>(c);
  }
}

}  // namespace
}  // namespace sezim
