// SPDX-License-Identifier: Apache-2.0
// sources.jsonl: whatever the bytes, a record or an Error; and what was read is read again from what we write of it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sezim/base/error.h"
#include "sezim/corpus/source_list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sezim::SourceListOptions options;
  options.on_bad_line = [](const sezim::Error&) {};
  const auto take = [](sezim::SourceRecord&& record) {
    if (!(sezim::ParseSourceRecord(sezim::ToJson(record)) == record)) std::abort();
  };
  try {
    sezim::SourceListParser parser("fuzz", take, options);
    parser.Feed({reinterpret_cast<const char*>(data), size});
    parser.Finish();
  } catch (const sezim::Error&) {}
  return 0;
}
