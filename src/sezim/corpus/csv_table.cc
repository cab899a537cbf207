// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/csv_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

char SeparatorOf(std::string_view first_line) {
  char best = ',';
  for (const char separator : {';', '\t'}) {
    const auto count = [&](char c) { return std::count(first_line.begin(), first_line.end(), c); };
    if (count(separator) > count(best)) best = separator;
  }
  return best;
}

}  // namespace

CsvTable::CsvTable(std::string_view text, std::string name, std::size_t max_row_bytes)
    : text_(text), name_(std::move(name)), max_row_bytes_(max_row_bytes) {
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  separator_ = SeparatorOf(text_.substr(0, text_.find('\n')));
}

void CsvTable::Refuse(const std::string& what) const {
  throw Error(ErrorKind::kBadInput, fmt::format("'{}', line {}: {}", ValidUtf8(name_), row_line_, what),
              "write the list as RFC 4180 says: cells with separators, quotes or line ends in double quotes");
}

std::string CsvTable::QuotedCell() {
  std::string cell;
  for (++at_; at_ < text_.size(); ++at_) {
    if (at_ - row_start_ > max_row_bytes_) Refuse(fmt::format("a row of more than {} bytes", max_row_bytes_));
    const char c = text_[at_];
    if (c == '"') {
      if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') {
        ++at_;
        return cell;
      }
      ++at_;
    } else if (c == '\n') {
      ++line_;
    }
    cell += c;
  }
  Refuse("a quote is opened and never closed");
}

bool CsvTable::Next(std::vector<std::string>& cells) {
  while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) line_ += text_[at_++] == '\n' ? 1 : 0;
  cells.clear();
  if (at_ >= text_.size()) return false;
  row_line_ = line_;
  row_start_ = at_;
  const auto at_line_end = [&] {
    return at_ >= text_.size() || text_[at_] == '\n' || (text_[at_] == '\r' && text_.substr(at_, 2) == "\r\n");
  };
  while (true) {
    if (at_ < text_.size() && text_[at_] == '"') {
      cells.push_back(QuotedCell());
      if (!at_line_end() && text_[at_] != separator_) Refuse("text after a closing quote");
    } else {
      std::string& cell = cells.emplace_back();
      for (; !at_line_end() && text_[at_] != separator_; ++at_) {
        if (text_[at_] == '"') Refuse("a quote within a cell that has none around it");
        if (at_ - row_start_ > max_row_bytes_) Refuse(fmt::format("a row of more than {} bytes", max_row_bytes_));
        cell += text_[at_];
      }
    }
    if (at_line_end()) break;
    ++at_;  // the separator
    if (at_ - row_start_ > max_row_bytes_) Refuse(fmt::format("a row of more than {} bytes", max_row_bytes_));
  }
  return true;
}

}  // namespace sezim
