// SPDX-License-Identifier: Apache-2.0
// Reviews: whatever the bytes, answers that can be spelled, each of a segment of its own, or an Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>

#include "sezim/base/error.h"
#include "sezim/publish/review_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const sezim::Review review = sezim::ParseReview({reinterpret_cast<const char*>(data), size}, "fuzz");
    std::set<std::string> ids;
    for (const sezim::ReviewAnswer& answer : review.answers) {
      if (sezim::NameOfAnswer(answer.answer).empty() || !ids.insert(answer.id).second) std::abort();
    }
  } catch (const sezim::Error&) {}
  return 0;
}
