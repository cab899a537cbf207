// SPDX-License-Identifier: Apache-2.0
#include "sezim/cli/tell.h"

#include <cstdio>

namespace sezim::cli {

void TellText(std::string_view text) noexcept {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace sezim::cli
