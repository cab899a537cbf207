// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace sezim::cli {

// Writes to standard error. What cannot be written there is lost: a full disk under a log ends no work.
void TellText(std::string_view text) noexcept;

template <typename... Args>
void Tell(fmt::format_string<Args...> format, Args&&... args) {
  TellText(fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace sezim::cli
