// SPDX-License-Identifier: Apache-2.0
#include "sezim/cli/command.h"

#include <fmt/format.h>

#include <cstdio>

namespace sezim::cli {

void PrintError(const Error& error) {
  fmt::print(stderr, "sezim: {}\n", error.what());
  if (!error.remedy().empty()) fmt::print(stderr, "       {}.\n", error.remedy());
}

int StatusOf(const Error& error) {
  switch (error.kind()) {
    case ErrorKind::kUsage: return kWrongUsage;
    case ErrorKind::kInterrupted: return kInterrupted;
    default: return kFailed;
  }
}

}  // namespace sezim::cli
