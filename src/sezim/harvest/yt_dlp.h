// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/base/subprocess.h"

// yt-dlp, run as a program of its own: what to call it with, and what to make of its failing. What it prints
// is read by yt_dlp_entry.h.
namespace sezim {

// How hard we lean on a site.
struct YtDlpPacing {
  double socket_timeout_s = 30.0;  // a connection silent for so long has failed; > 0, at most 3600
  int retries = 5;                 // after a first failure; 0 to 100
  double sleep_s = 1.0;            // before each request but the first, and before a retry; 0 to 3600

  void AddTo(OptionChecks& checks) const;
};

// Which program yt-dlp is.
struct YtDlpProgram {
  std::vector<std::string> command;  // what comes before yt-dlp's own arguments
  std::vector<std::pair<std::string, std::string>> environment{};

  // The one that set-up unpacked, DependencyFolder()/yt-dlp, run by $SEZIM_PYTHON or python3. Throws Error of
  // kind kNotFound where there is none.
  static YtDlpProgram Installed();
};

enum class ListingDetail {
  kFlat,  // what the list itself says: one request for many videos; licence and language are hardly ever in
          // it
  kFull,  // each video asked for: at least one request a video
};

// The arguments that make yt-dlp print one JSON object a line, each a video or playlist. `max_entries` 0: all
// of them. A keyword or URL is always the last argument, after "--".
std::vector<std::string> VideoSearchArguments(std::string_view keyword, std::int64_t max_entries, ListingDetail detail,
                                              const YtDlpPacing& pacing);
std::vector<std::string> PlaylistSearchArguments(std::string_view keyword, std::int64_t max_entries,
                                                 const YtDlpPacing& pacing);
std::vector<std::string> PlaylistArguments(std::string_view url, std::int64_t max_entries, ListingDetail detail,
                                           const YtDlpPacing& pacing);

// The arguments that make yt-dlp download one video into its working folder as media.EXT, preferably H.264
// and AAC and at most 1080 lines; it prints one JSON object and then lines that start with kProgressMark:
// bytes so far, bytes in all, either may be "NA".
std::vector<std::string> DownloadArguments(std::string_view url, std::int64_t max_bytes, const YtDlpPacing& pacing);

inline constexpr std::string_view kProgressMark = "sezim-progress ";

// Limits for a run of yt-dlp: lines of at most 16 MiB; no output for longer than all its own retries may take
// ends it.
SubprocessOptions YtDlpRunOptions(const YtDlpProgram& program, const YtDlpPacing& pacing);

// `program.command` and then `arguments`.
std::vector<std::string> CommandLine(const YtDlpProgram& program, const std::vector<std::string>& arguments);

// What yt-dlp's run has to say about failing, from its standard error.
struct YtDlpFailure {
  std::string message;          // the last line that it calls an error, else how it ended
  std::int64_t num_errors = 0;  // lines that it calls an error, in what was kept
  bool transient = false;       // worth another try that yt-dlp does not make by itself: 429, 5xx, a lost connection
};
YtDlpFailure FailureOf(const SubprocessResult& result, const SubprocessOptions& options);

// An Error of kind kNetwork for "cannot `doing` `subject`: message", with a remedy that fits the message.
Error NetworkError(std::string_view doing, std::string_view subject, const std::string& message);

// Whether to run yt-dlp once more after run number `attempt` (1: the first) has failed so. It retries much by
// itself, so it is started afresh 3 times at most, and no more often than pacing.retries.
bool MayTryAgain(const YtDlpFailure& failure, int attempt, const YtDlpPacing& pacing);

// Sleeps before try number `attempt` (1: the first retry): sleep_s, doubled each time, at most a minute.
// Throws Error of kind kInterrupted when stopped.
void WaitBeforeRetry(int attempt, const YtDlpPacing& pacing, const std::stop_token& stop);

}  // namespace sezim
