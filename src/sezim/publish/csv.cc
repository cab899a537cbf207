// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/csv.h"

#include "sezim/base/file.h"

namespace sezim {

std::string CsvRow(std::span<const std::string> cells) {
  std::string row;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) row += ',';
    if (cells[i].find_first_of(",\"\r\n") == std::string::npos) {
      row += cells[i];
      continue;
    }
    row += '"';
    for (const char c : cells[i]) {
      if (c == '"') row += '"';
      row += c;
    }
    row += '"';
  }
  return row + '\n';
}

std::string CsvText(std::string_view text) {
  std::string clean = ValidUtf8(text);
  if (!clean.empty() && std::string_view("=+-@").find(clean.front()) != std::string_view::npos)
    clean.insert(0, 1, '\'');
  return clean;
}

}  // namespace sezim
