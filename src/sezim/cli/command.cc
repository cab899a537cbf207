// SPDX-License-Identifier: Apache-2.0
#include "sezim/cli/command.h"
#include "sezim/cli/tell.h"

#include <fmt/format.h>

namespace sezim::cli {

void PrintError(const Error& error) {
  Tell("sezim: {}\n", error.what());
  if (!error.remedy().empty()) Tell("       {}.\n", error.remedy());
}

int StatusOf(const Error& error) {
  switch (error.kind()) {
    case ErrorKind::kUsage: return kWrongUsage;
    case ErrorKind::kInterrupted: return kInterrupted;
    default: return kFailed;
  }
}

}  // namespace sezim::cli
