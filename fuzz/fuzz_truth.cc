// SPDX-License-Identifier: Apache-2.0
// Truth files: whatever the bytes, a truth with ascending spans or an Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "sezim/base/error.h"
#include "sezim/corpus/truth.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const sezim::Truth truth = sezim::ParseTruth({reinterpret_cast<const char*>(data), size}, "fuzz");
    for (const sezim::TruthSpan& span : truth.spans) {
      if (!(span.end_s > span.start_s)) std::abort();
    }
  } catch (const sezim::Error&) {}
  return 0;
}
