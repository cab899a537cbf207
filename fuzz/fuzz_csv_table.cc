// SPDX-License-Identifier: Apache-2.0
// CSV lists: whatever the bytes, rows with ascending lines and at least one cell, or an Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "sezim/base/error.h"
#include "sezim/corpus/csv_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    sezim::CsvTable table({reinterpret_cast<const char*>(data), size}, "fuzz", 1000);
    std::size_t line = 0;
    for (std::vector<std::string> cells; table.Next(cells); line = table.line()) {
      if (cells.empty() || table.line() <= line) std::abort();
    }
  } catch (const sezim::Error&) {}
  return 0;
}
