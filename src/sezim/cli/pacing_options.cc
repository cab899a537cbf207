// SPDX-License-Identifier: Apache-2.0
#include "sezim/cli/pacing_options.h"

namespace sezim::cli {

void AddPacingOptions(CLI::App& command, YtDlpPacing& pacing) {
  command
      .add_option("--socket-timeout", pacing.socket_timeout_s, "Give up a connection silent for so long, in seconds")
      ->type_name("S")
      ->capture_default_str();
  command.add_option("--retries", pacing.retries, "Try so many times more when the network fails")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--sleep", pacing.sleep_s, "Wait between requests and before a retry, in seconds")
      ->type_name("S")
      ->capture_default_str();
}

}  // namespace sezim::cli
