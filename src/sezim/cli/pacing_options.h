// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "sezim/harvest/yt_dlp.h"

namespace sezim::cli {

// --socket-timeout, --retries and --sleep of commands that fetch something from the net.
void AddPacingOptions(CLI::App& command, YtDlpPacing& pacing);

}  // namespace sezim::cli
