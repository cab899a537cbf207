// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sezim {

// One row of a CSV file (RFC 4180, but with a bare line feed at its end).
std::string CsvRow(std::span<const std::string> cells);

// Text from outside, made fit for a cell: valid UTF-8 without control characters (as ValidUtf8 does it), and with an
// apostrophe before a first character that makes spreadsheets take the cell for a formula (= + - @).
std::string CsvText(std::string_view text);

}  // namespace sezim
