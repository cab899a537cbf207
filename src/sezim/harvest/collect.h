// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/corpus/source_record.h"
#include "sezim/harvest/yt_dlp.h"

namespace sezim {

enum class CollectMode {
  kVideos,     // videos that keywords find
  kPlaylists,  // playlists that keywords find
  kPlaylist,   // what one playlist, channel, feed or page with videos links to
};

struct CollectOptions {
  CollectMode mode = CollectMode::kVideos;

  // One search each; a source that several find is one record with their keywords. For kVideos and
  // kPlaylists.
  std::vector<std::string> keywords{};

  // For kPlaylist.
  std::string url{};

  // Entries looked at for each keyword, or of the playlist, before any filter; 0: all there are.
  std::int64_t limit = 50;

  // kFull costs a request for each video, and gets its licence and language. kPlaylists is always flat.
  ListingDetail detail = ListingDetail::kFlat;

  // Videos whose stated duration is outside are left out; those that state none are kept.
  std::optional<double> min_duration_s{};
  std::optional<double> max_duration_s{};

  // A language tag ("kk"). Videos that state another language are left out ("kk-KZ" is none); those that
  // state none are kept.
  std::string language{};

  // A title has to hold one of the first, if there are any, and none of the second, whatever the case
  // (caseless.h).
  std::vector<std::string> title_include{};
  std::vector<std::string> title_exclude{};

  YtDlpPacing pacing{};

  // Throws Error of kind kUsage that lists everything that is wrong.
  void Validate() const;
};

// A search or list that failed, or that lacks some of its entries. What was found before is in the result.
struct CollectFailure {
  std::string subject;  // the keyword or URL
  Error error;
};

struct CollectResult {
  std::vector<SourceRecord> records;  // in the order found, each source once
  std::int64_t num_found = 0;         // entries seen: records, rejected ones and duplicates
  std::int64_t num_duplicates = 0;
  std::map<std::string, std::int64_t> rejections;  // reason → how many entries
  std::vector<CollectFailure> failures;
  int num_queries = 0;
  bool interrupted = false;  // `stop` was requested; records are what was found until then
};

struct CollectProgress {
  std::string subject;  // the keyword or URL at work
  std::int64_t num_found = 0;
  std::int64_t num_kept = 0;
};

// Why an entry is left out by `options`; empty: it is kept. The reasons: "live stream", "not a web link", "a
// playlist, not a video", "a video, not a playlist", "shorter than wanted", "longer than wanted", "other
// language", "title not wanted".
std::string RejectionReason(const SourceRecord& record, bool live, const CollectOptions& options);

// Runs one search a keyword (or lists one playlist), one after the other. The network's failing is in the
// result; throws Error for wrong options and a missing yt-dlp. `on_progress` is called from the calling
// thread.
CollectResult Collect(const CollectOptions& options, std::stop_token stop = {},
                      const std::function<void(const CollectProgress&)>& on_progress = {});
CollectResult Collect(const YtDlpProgram& program, const CollectOptions& options, std::stop_token stop = {},
                      const std::function<void(const CollectProgress&)>& on_progress = {});

}  // namespace sezim
