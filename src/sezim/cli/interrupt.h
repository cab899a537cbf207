// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

namespace sezim::cli {

// A token that asks to stop when the program gets SIGINT (Ctrl-C) or SIGTERM. A second one ends the program at once.
// Call before any other thread is started, once.
std::stop_token StopOnInterrupt();

}  // namespace sezim::cli
