// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include "sezim/harvest/yt_dlp.h"
#include "sezim/harvest/yt_dlp_entry.h"

namespace sezim {

// Whether `entry` is a live stream. yt-dlp looks into an HLS or DASH manifest for that if it is given the manifest, and
// not if it finds it in a page: then it is asked once more, about the manifest. False where that cannot be told: a
// site may give its manifest to its own page alone, and a stop may come first.
bool IsLive(const YtDlpProgram& program, const YtDlpEntry& entry, const YtDlpPacing& pacing, std::stop_token stop);

}  // namespace sezim
