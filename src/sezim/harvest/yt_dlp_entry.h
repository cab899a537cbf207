// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sezim/corpus/source_record.h"

namespace sezim {

// One line of what yt-dlp --dump-json prints.
struct YtDlpEntry {
  SourceRecord record;              // without keywords and collected_at; url may be one that is not fetchable
  bool live = false;                // running now, or yet to come
  std::string untold_manifest;      // the HLS or DASH manifest of what may be live or not; empty: told, or none
  bool is_link = false;             // not looked at yet: an entry of a flat list
  std::int64_t playlist_count = 0;  // entries of the list this one is from; 0: in none, or not known
};

// Reads both shapes that yt-dlp prints: links of a flat list ("_type": "url" or "url_transparent", the link
// in "url") and videos (the page in "webpage_url", the media in "url"). Fields of a wrong type count as not
// stated. Throws Error of kind kNetwork if `line` is not one JSON object, kBadInput if its texts are too long for a
// list.
YtDlpEntry ParseYtDlpEntry(std::string_view line);

}  // namespace sezim
