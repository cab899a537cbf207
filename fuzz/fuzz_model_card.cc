// SPDX-License-Identifier: Apache-2.0
// Model cards: whatever the bytes, a card whose name is safe as a folder name or an Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "sezim/base/error.h"
#include "sezim/infer/model_card.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const sezim::ModelCard card = sezim::ParseModelCard({reinterpret_cast<const char*>(data), size}, "fuzz");
    if (!sezim::IsModelName(card.name) || !sezim::IsSha256(card.sha256)) std::abort();
  } catch (const sezim::Error&) {}
  return 0;
}
