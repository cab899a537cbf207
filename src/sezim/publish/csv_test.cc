// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/csv.h"

#include <gtest/gtest.h>

#include <vector>

namespace sezim {
namespace {

TEST(Csv, OnlyWhatNeedsQuotesHasThem) {
  EXPECT_EQ(CsvRow(std::vector<std::string>{"a", "b c", "", "x,y", "say \"hm\"", "two\nlines"}),
            "a,b c,,\"x,y\",\"say \"\"hm\"\"\",\"two\nlines\"\n");
}

TEST(Csv, TextFromOutsideIsNoFormulaAndHasNoControlCharacters) {
  EXPECT_EQ(CsvText("Қазақша әңгіме, 50%"), "Қазақша әңгіме, 50%");
  EXPECT_EQ(CsvText("=1+1"), "'=1+1");
  EXPECT_EQ(CsvText("+1"), "'+1");
  EXPECT_EQ(CsvText("-1"), "'-1");
  EXPECT_EQ(CsvText("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(CsvText("a=1"), "a=1");
  EXPECT_EQ(CsvText("two\r\nlines"), "two%0D%0Alines");
  EXPECT_EQ(CsvText("caf\xe9"), "caf%E9");
  EXPECT_EQ(CsvText(""), "");
}

}  // namespace
}  // namespace sezim
