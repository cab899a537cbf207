// SPDX-License-Identifier: Apache-2.0
// Label maps: whatever the bytes, classes that map to themselves, or an Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "sezim/base/error.h"
#include "sezim/corpus/label_map.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const sezim::LabelMap map = sezim::LabelMap::Parse({reinterpret_cast<const char*>(data), size}, "fuzz");
    if (map.classes().size() < 2) std::abort();
    for (const std::string& one : map.classes()) {
      if (map.Map(one) != one) std::abort();
    }
  } catch (const sezim::Error&) {}
  return 0;
}
