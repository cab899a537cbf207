// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sezim {

// A text as a basic string of TOML 1.0, quotes and escapes included. Requires UTF-8.
std::string TomlString(std::string_view text);

}  // namespace sezim
