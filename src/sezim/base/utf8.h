// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace sezim {

// Bytes of the well-formed UTF-8 sequence (Unicode 15, table 3-7) at the front of `bytes`; 0 if there is none.
std::size_t Utf8SequenceLength(std::string_view bytes);

bool IsValidUtf8(std::string_view bytes);

}  // namespace sezim
