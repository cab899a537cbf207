// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/csv_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/thrown.h"

namespace sezim {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows RowsOf(std::string_view text) {
  CsvTable table(text, "x.csv", 100);
  Rows rows;
  for (std::vector<std::string> cells; table.Next(cells);) rows.push_back(cells);
  return rows;
}

TEST(CsvTable, TakesCellsApart) {
  EXPECT_EQ(RowsOf("a,b\n1,2\n"), (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(RowsOf("\xEF\xBB\xBF\na,b\r\n\r\n,\r\n1,\"2\""), (Rows{{"a", "b"}, {"", ""}, {"1", "2"}}));
  EXPECT_EQ(RowsOf("a;b,c;d\n"), (Rows{{"a", "b,c", "d"}}));
  EXPECT_EQ(RowsOf("a\tb\n\"x\ty\"\t\"\"\n"), (Rows{{"a", "b"}, {"x\ty", ""}}));
  EXPECT_EQ(RowsOf("a,\"x\"\"y\nz\",b"), (Rows{{"a", "x\"y\nz", "b"}}));
  EXPECT_EQ(RowsOf(""), Rows{});
}

TEST(CsvTable, TellsTheLineOnWhichARowBegins) {
  CsvTable table("a\n\"1\n2\"\n\nb", "x.csv", 100);
  std::vector<std::string> cells;
  std::vector<std::size_t> lines;
  while (table.Next(cells)) lines.push_back(table.line());
  EXPECT_THAT(lines, testing::ElementsAre(1, 2, 5));
}

TEST(CsvTable, RefusesWhatCannotBeRead) {
  const auto what = [](const std::string& text) { return std::string(ThrownBy([&] { RowsOf(text); }).what()); };
  EXPECT_THAT(what("a\n\"b"), testing::HasSubstr("'x.csv', line 2: a quote is opened and never closed"));
  EXPECT_THAT(what("a\nb\"c"), testing::HasSubstr("line 2: a quote within"));
  EXPECT_THAT(what("a\n\"b\"c"), testing::HasSubstr("line 2: text after a closing quote"));
  EXPECT_THAT(what(std::string(102, 'x')), testing::HasSubstr("more than 100 bytes"));
  EXPECT_THAT(what("\"" + std::string(101, 'x')), testing::HasSubstr("more than 100 bytes"));
  EXPECT_THAT(what(std::string(200, ',')), testing::HasSubstr("more than 100 bytes"));
}

}  // namespace
}  // namespace sezim
