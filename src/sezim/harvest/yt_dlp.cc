// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/yt_dlp.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <mutex>

#include "sezim/base/file.h"
#include "sezim/base/paths.h"

namespace sezim {
namespace {

// Note [What yt-dlp may do]
// Nothing but what these arguments say: no configuration files, plug-ins, caches, cookies or programs of
// somebody's (a configuration may hold --exec), no code fetched at run time, no file:// links. "--" keeps a
// keyword or link that starts with "-" from being an option.
std::vector<std::string> CommonArguments(const YtDlpPacing& pacing) {
  const std::string retries = fmt::format("{}", pacing.retries);
  const std::string sleep = fmt::format("{:g}", pacing.sleep_s);
  return {"--ignore-config",
          "--no-plugin-dirs",
          "--no-remote-components",
          "--no-cache-dir",
          "--no-cookies",
          "--no-cookies-from-browser",
          "--no-exec",
          "--color",
          "never",
          "--socket-timeout",
          fmt::format("{:g}", pacing.socket_timeout_s),
          "--retries",
          retries,
          "--extractor-retries",
          retries,
          "--fragment-retries",
          retries,
          "--retry-sleep",
          "http:" + sleep,
          "--retry-sleep",
          "fragment:" + sleep,
          "--retry-sleep",
          "extractor:" + sleep,
          "--sleep-requests",
          sleep};
}

std::vector<std::string> ListingArguments(std::string target, std::int64_t max_entries, ListingDetail detail,
                                          const YtDlpPacing& pacing) {
  std::vector<std::string> arguments = CommonArguments(pacing);
  // Lazy: entries come as they are found, and a list of any length takes bounded memory here.
  arguments.insert(arguments.end(), {"--dump-json", "--lazy-playlist", "--yes-playlist"});
  arguments.emplace_back(detail == ListingDetail::kFlat ? "--flat-playlist" : "--no-flat-playlist");
  if (detail == ListingDetail::kFull) arguments.emplace_back("--ignore-no-formats-error");
  if (max_entries > 0) arguments.insert(arguments.end(), {"--playlist-items", fmt::format(":{}", max_entries)});
  arguments.insert(arguments.end(), {"--", std::move(target)});
  return arguments;
}

std::string PercentEncoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

bool ContainsAny(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](auto part) { return text.find(part) != std::string_view::npos; });
}

// "Giving up after" is said when yt-dlp has made all its retries. The first request for an unknown site, and
// anything answered 429, it does not retry.
bool IsTransient(std::string_view message) {
  return !ContainsAny(message, {"Giving up after"}) &&
         ContainsAny(message,
                     {"HTTP Error 429", "HTTP Error 5", "timed out", "Connection reset", "Connection aborted",
                      "Remote end closed", "IncompleteRead", "more expected", "Temporary failure in name resolution"});
}

std::string RemedyFor(std::string_view message) {
  if (ContainsAny(message, {"HTTP Error 429"}))
    return "the site asks for fewer requests: try later, or give a longer --sleep";
  if (ContainsAny(message, {"HTTP Error 404", "HTTP Error 410", "unavailable", "has been removed"})) {
    return "check in a browser that it is still there, or leave it out";
  }
  if (ContainsAny(message, {"HTTP Error 5"})) return "the site has a fault of its own: try again later";
  if (ContainsAny(message,
                  {"HTTP Error 401", "HTTP Error 403", "HTTP Error 451", "Private video", "Sign in", "not a bot"})) {
    return "this needs rights that sezim does not have: leave it out, or download it by other means";
  }
  if (ContainsAny(message, {"Unsupported URL", "is not a valid URL"}))
    return "give the link of a video, playlist or feed";
  if (ContainsAny(message, {"Failed to resolve", "name resolution", "Name or service", "No route", "Connection refused",
                            "unreachable"})) {
    return "check the network and the link";
  }
  if (ContainsAny(message, {"timed out", "more expected", "no output", "Connection reset"})) {
    return "try again later, or give more --retries or a longer --socket-timeout";
  }
  if (ContainsAny(message, {"No space left"})) return "free some space and run the same command again";
  return "if it works in a browser, set sezim up again: yt-dlp may be too old for this site";
}

// "\r[download] Got error: 1000 bytes read" -> "1000 bytes read": what stands before it is for a terminal.
std::string_view WithoutMarks(std::string_view message) {
  message.remove_prefix(std::min(message.size(), message.find_last_of('\r') + 1));
  for (const std::string_view mark : {"[download] ", "Got error: "}) {
    if (message.starts_with(mark)) message.remove_prefix(mark.size());
  }
  return message;
}

}  // namespace

void YtDlpPacing::AddTo(OptionChecks& checks) const {
  checks.Require(socket_timeout_s > 0.0 && socket_timeout_s <= 3600.0,
                 fmt::format("socket_timeout_s must be more than 0 and at most 3600 s, not {:g}", socket_timeout_s));
  checks.Require(retries >= 0 && retries <= 100, fmt::format("retries must be from 0 to 100, not {}", retries));
  checks.Require(sleep_s >= 0.0 && sleep_s <= 3600.0,
                 fmt::format("sleep_s must be from 0 to 3600 s, not {:g}", sleep_s));
}

YtDlpProgram YtDlpProgram::Installed() {
  const std::filesystem::path folder = DependencyFolder() / "yt-dlp";
  std::error_code error;
  if (!std::filesystem::exists(folder / "yt_dlp" / "__main__.py", error)) {
    throw Error(ErrorKind::kNotFound, fmt::format("yt-dlp is not in '{}'", DisplayName(folder)),
                "run scripts/setup.sh, which puts it there");
  }
  const char* python = std::getenv("SEZIM_PYTHON");
  // Safe path: a json.py that lies in the working folder must not be taken for Python's own.
  return {{python == nullptr || *python == '\0' ? "python3" : python, "-m", "yt_dlp"},
          {{"PYTHONPATH", folder.native()}, {"PYTHONSAFEPATH", "1"}, {"PYTHONNOUSERSITE", "1"}, {"PYTHONUTF8", "1"}}};
}

std::vector<std::string> VideoSearchArguments(std::string_view keyword, std::int64_t max_entries, ListingDetail detail,
                                              const YtDlpPacing& pacing) {
  const std::string count = max_entries > 0 ? fmt::format("{}", max_entries) : "all";
  return ListingArguments(fmt::format("ytsearch{}:{}", count, keyword), 0, detail, pacing);
}

std::vector<std::string> PlaylistSearchArguments(std::string_view keyword, std::int64_t max_entries,
                                                 const YtDlpPacing& pacing) {
  // sp is the page's own filter "Type: Playlist" (the message {2: {2: 3}} in base64), encoded twice as the
  // site does.
  return ListingArguments(
      fmt::format("https://www.youtube.com/results?search_query={}&sp=EgIQAw%253D%253D", PercentEncoded(keyword)),
      max_entries, ListingDetail::kFlat, pacing);
}

std::vector<std::string> PlaylistArguments(std::string_view url, std::int64_t max_entries, ListingDetail detail,
                                           const YtDlpPacing& pacing) {
  return ListingArguments(std::string(url), max_entries, detail, pacing);
}

std::vector<std::string> DownloadArguments(std::string_view url, std::int64_t max_bytes, const YtDlpPacing& pacing) {
  std::vector<std::string> arguments = CommonArguments(pacing);
  // Flat and one item: a playlist is not downloaded, but told by what is printed. A lost fragment is a
  // failure, not a gap in the sound. The sort puts the original language first, then what decodes fast and is
  // large enough for faces.
  arguments.insert(arguments.end(),
                   {"--dump-json",
                    "--no-simulate",
                    "--no-playlist",
                    "--flat-playlist",
                    "--playlist-items",
                    "1",
                    "--abort-on-unavailable-fragments",
                    "--format",
                    "bv*+ba/b",
                    "--format-sort",
                    "lang,res:1080,fps:30,vcodec:h264,acodec:aac",
                    "--merge-output-format",
                    "mp4/mkv",
                    "--max-filesize",
                    fmt::format("{}", max_bytes),
                    "--sleep-interval",
                    fmt::format("{:g}", pacing.sleep_s),
                    "--no-mtime",
                    "--progress",
                    "--newline",
                    "--progress-delta",
                    "0.5",
                    "--progress-template",
                    fmt::format("download:{}%(progress.downloaded_bytes)s %(progress.total_bytes)s", kProgressMark),
                    "--output",
                    "media.%(ext)s",
                    "--",
                    std::string(url)});
  return arguments;
}

SubprocessOptions YtDlpRunOptions(const YtDlpProgram& program, const YtDlpPacing& pacing) {
  // Its own retries are silent; the rest is for starting up and for joining picture and sound of a long
  // video.
  const double silent_s = (pacing.retries + 2) * 2.0 * (pacing.socket_timeout_s + pacing.sleep_s) + 300.0;
  SubprocessOptions options;
  options.environment = program.environment;
  options.idle_timeout = std::chrono::milliseconds(std::llround(silent_s * 1000.0));
  return options;
}

std::vector<std::string> CommandLine(const YtDlpProgram& program, const std::vector<std::string>& arguments) {
  std::vector<std::string> line = program.command;
  line.insert(line.end(), arguments.begin(), arguments.end());
  return line;
}

YtDlpFailure FailureOf(const SubprocessResult& result, const SubprocessOptions& options) {
  constexpr std::string_view kMark = "ERROR: ";
  YtDlpFailure failure;
  failure.message = "yt-dlp ended with " + Describe(result, options);
  std::string_view rest = result.error_tail;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (!line.starts_with(kMark)) continue;
    ++failure.num_errors;
    failure.message = ValidUtf8(WithoutMarks(line.substr(kMark.size())));
    failure.transient = IsTransient(line);
  }
  if (result.end == SubprocessEnd::kIdleTimeout || result.end == SubprocessEnd::kWallTimeout) {
    failure.message = "yt-dlp was ended: " + Describe(result, options);
    failure.transient = false;
  }
  return failure;
}

Error NetworkError(std::string_view doing, std::string_view subject, const std::string& message) {
  return {ErrorKind::kNetwork, fmt::format("cannot {} {}: {}", doing, ValidUtf8(subject), message), RemedyFor(message)};
}

bool MayTryAgain(const YtDlpFailure& failure, int attempt, const YtDlpPacing& pacing) {
  constexpr int kMaxFreshStarts = 3;
  return failure.transient && attempt <= std::min(pacing.retries, kMaxFreshStarts);
}

void WaitBeforeRetry(int attempt, const YtDlpPacing& pacing, const std::stop_token& stop) {
  const double wait_s = std::min(60.0, pacing.sleep_s * std::exp2(std::min(attempt - 1, 10)));
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any never;
  never.wait_for(lock, stop, std::chrono::duration<double>(wait_s), [] { return false; });
  if (stop.stop_requested()) throw Error(ErrorKind::kInterrupted, "stopped while waiting to try again");
}

}  // namespace sezim
