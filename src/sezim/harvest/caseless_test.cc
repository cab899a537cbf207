// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/caseless.h"

#include <gtest/gtest.h>

namespace sezim {
namespace {

TEST(Caseless, FoldsTheAlphabetsOfKazakhAndRussian) {
  EXPECT_EQ(FoldCase("АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ"), "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя");
  EXPECT_EQ(FoldCase("AÄBCDEFGĞHIİJKLMNÑOÖPQRSŞTUŪÜVYZ"), "aäbcdefgğhiijklmnñoöpqrsştuūüvyz");
  EXPECT_EQ(FoldCase("Kazakh Latin ı"), "kazakh latin i");
  EXPECT_EQ(FoldCase("ЎЄЇҐЂ ΑΒΩς Žž Ÿ"), "ўєїґђ αβωσ žž ÿ");
}

TEST(Caseless, LeavesTheRestAlone) {
  EXPECT_EQ(FoldCase("1×2 ÷ ß 漢字 😀 аәі"), "1×2 ÷ ß 漢字 😀 аәі");
  EXPECT_EQ(FoldCase("A\xff\xc3Z\xd0"), "a\xff\xc3z\xd0");
  EXPECT_EQ(FoldCase(""), "");
}

TEST(Caseless, FoldingTwiceChangesNothing) {
  for (char32_t c = 0x80; c < 0x800; ++c) {
    const std::string letter = {static_cast<char>(0xC0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3F))};
    EXPECT_EQ(FoldCase(FoldCase(letter)), FoldCase(letter)) << static_cast<unsigned>(c);
  }
}

TEST(Caseless, FindsAPart) {
  EXPECT_TRUE(ContainsCaseless("Жаңа ФИЛЬМ: қыз Жібек", "фильм"));
  EXPECT_TRUE(ContainsCaseless("ӘҢГІМЕ", "әңгі"));
  EXPECT_TRUE(ContainsCaseless("x", ""));
  EXPECT_FALSE(ContainsCaseless("Жаңа", "жана"));
}

}  // namespace
}  // namespace sezim
