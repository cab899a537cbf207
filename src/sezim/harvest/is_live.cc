// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/is_live.h"

#include <utility>

#include "sezim/base/error.h"

namespace sezim {

bool IsLive(const YtDlpProgram& program, const YtDlpEntry& entry, const YtDlpPacing& pacing, std::stop_token stop) {
  if (entry.live || entry.untold_manifest.empty()) return entry.live;
  SubprocessOptions run = YtDlpRunOptions(program, pacing);
  run.stop = std::move(stop);
  bool live = false;
  run.on_stdout_line = [&](std::string_view line) { live = live || ParseYtDlpEntry(line).live; };
  try {
    RunSubprocess(CommandLine(program, PlaylistArguments(entry.untold_manifest, 1, ListingDetail::kFlat, pacing)), run);
  } catch (const Error&) {
    return false;
  }
  return live;
}

}  // namespace sezim
