// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sezim {

// Takes a CSV text (RFC 4180) apart row by row: cells in quotes may hold separators, line ends and doubled quotes; a
// byte order mark and empty lines are passed over; lines end with or without a carriage return. The separator is a
// comma, semicolon or tab, whichever the first line has most of.
class CsvTable {
 public:
  // `text` has to outlive the table. `name` is for messages. A row above `max_row_bytes` is an Error (kBadInput).
  CsvTable(std::string_view text, std::string name, std::size_t max_row_bytes);

  // The next row; false at the end. Throws Error (kBadInput) that names the line: a quote that is never closed, one
  // within a cell without quotes, text after a closing quote, a row that is too long.
  bool Next(std::vector<std::string>& cells);

  // The line on which the row just read began, from 1.
  std::size_t line() const { return row_line_; }

 private:
  [[noreturn]] void Refuse(const std::string& what) const;
  std::string QuotedCell();

  std::string_view text_;
  std::string name_;
  std::size_t max_row_bytes_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t row_line_ = 1;
  std::size_t row_start_ = 0;
  char separator_ = ',';
};

}  // namespace sezim
