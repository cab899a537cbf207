// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/download.h"

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "sezim/base/file.h"
#include "sezim/harvest/is_live.h"
#include "sezim/harvest/yt_dlp_entry.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

std::vector<fs::path> FilesOfDownload(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator(); at.increment(error)) {
    if (at->path().filename().native().starts_with("media.")) found.push_back(at->path());
  }
  return found;
}

void RemoveDownload(const fs::path& folder) {
  std::error_code error;
  for (const fs::path& path : FilesOfDownload(folder)) fs::remove(path, error);
}

// The finished file. Others are named media.fFORMAT.EXT, media.EXT.part, media.EXT.ytdl.
std::optional<fs::path> FindMedia(const fs::path& folder) {
  for (const fs::path& path : FilesOfDownload(folder)) {
    std::error_code error;
    const bool finished = path.stem() == "media" && path.extension() != ".part" && path.extension() != ".ytdl";
    if (finished && fs::symlink_status(path, error).type() == fs::file_type::regular) return path;
  }
  return std::nullopt;
}

// Whether picture and sound have come, but each in a file of its own.
bool HasParts(const fs::path& folder) {
  return FilesOfDownload(folder).size() > 1 && !FindMedia(folder);
}

std::optional<std::int64_t> Number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= 0 ? std::optional(number) : std::nullopt;
}

// One run of yt-dlp for one URL: reads what it prints.
class Attempt {
 public:
  Attempt(const YtDlpProgram& program, std::string_view url, const DownloadOptions& options, std::stop_token stop,
          const std::function<void(const DownloadProgress&)>& on_progress)
      : program_(program), url_(ValidUtf8(url)), options_(options), stop_(std::move(stop)), on_progress_(on_progress) {}

  // Throws to end the download.
  void TakeLine(std::string_view line) {
    if (line.starts_with(kProgressMark)) {
      TakeProgress(line.substr(kProgressMark.size()));
    } else if (line.starts_with('{')) {
      TakeEntry(ParseYtDlpEntry(line));
    }
  }

  Error TooLarge(std::int64_t num_bytes) const {
    const std::string size = num_bytes > 0 ? fmt::format("{} bytes, ", num_bytes) : "";
    return {ErrorKind::kBadInput,
            fmt::format("cannot download {}: {}more than the {} allowed", url_, size, options_.max_bytes),
            "download it by other means and give the file, or leave it out"};
  }

  const std::optional<SourceRecord>& source() const { return source_; }

 private:
  void TakeEntry(YtDlpEntry entry) {
    if (entry.is_link || entry.playlist_count > 1 || entry.record.kind == SourceKind::kPlaylist) {
      throw Error(ErrorKind::kUsage, fmt::format("cannot download {}: it is a playlist, not one video", url_),
                  "collect its links first: sezim collect playlist URL");
    }
    if (IsLive(program_, entry, options_.pacing, stop_)) {
      throw Error(ErrorKind::kUsage, fmt::format("cannot download {}: it is a live stream", url_),
                  "wait until it has ended and its recording is there");
    }
    source_ = std::move(entry.record);
  }

  // Picture and sound that come apart are two downloads, one after the other: the count starts again.
  void TakeProgress(std::string_view text) {
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) return;
    const std::int64_t so_far = Number(text.substr(0, space)).value_or(0);
    const std::optional<std::int64_t> total = Number(text.substr(space + 1));
    if (so_far < current_) before_ += current_;
    current_ = so_far;
    if (before_ + current_ > options_.max_bytes) throw TooLarge(before_ + current_);
    if (total && before_ + *total > options_.max_bytes) throw TooLarge(before_ + *total);
    if (!on_progress_) return;
    on_progress_({before_ + current_, total ? std::optional(before_ + *total) : std::nullopt});
  }

  const YtDlpProgram& program_;
  const std::string url_;
  const DownloadOptions& options_;
  const std::stop_token stop_;
  const std::function<void(const DownloadProgress&)>& on_progress_;
  std::optional<SourceRecord> source_;
  std::int64_t before_ = 0;
  std::int64_t current_ = 0;
};

DownloadedMedia TryDownload(const YtDlpProgram& program, std::string_view url, const fs::path& folder,
                            const DownloadOptions& options, const std::stop_token& stop,
                            const std::function<void(const DownloadProgress&)>& on_progress) {
  const std::vector<std::string> command =
      CommandLine(program, DownloadArguments(url, options.max_bytes, options.pacing));
  for (int attempt = 1;; ++attempt) {
    Attempt reader(program, url, options, stop, on_progress);
    SubprocessOptions run = YtDlpRunOptions(program, options.pacing);
    run.working_folder = folder;
    run.stop = stop;
    run.on_stdout_line = [&](std::string_view line) { reader.TakeLine(line); };
    const SubprocessResult result = RunSubprocess(command, run);
    const std::optional<fs::path> media = result.Succeeded() ? FindMedia(folder) : std::nullopt;
    if (media && reader.source()) {
      DownloadedMedia downloaded{*media, static_cast<std::int64_t>(fs::file_size(*media)), *reader.source()};
      if (downloaded.num_bytes > options.max_bytes) throw reader.TooLarge(downloaded.num_bytes);
      downloaded.source.url = url;
      return downloaded;
    }
    const YtDlpFailure failure = FailureOf(result, run);
    if (result.Succeeded() && HasParts(folder)) {
      throw Error(ErrorKind::kNotFound, fmt::format("cannot join picture and sound of {}", ValidUtf8(url)),
                  "install ffmpeg and see that its folder is in PATH");
    }
    // Where the server tells the size before, yt-dlp ends well, quietly and without a file.
    if (result.Succeeded() && failure.num_errors == 0 && reader.source()) throw reader.TooLarge(0);
    if (result.Succeeded()) throw NetworkError("download", url, "there is no video");
    if (!failure.transient || attempt > options.pacing.retries) throw NetworkError("download", url, failure.message);
    WaitBeforeRetry(attempt, options.pacing, stop);
  }
}

}  // namespace

void DownloadOptions::Validate() const {
  OptionChecks checks("download");
  checks.Require(max_bytes >= 1, fmt::format("max_bytes must be at least 1, not {}", max_bytes));
  pacing.AddTo(checks);
  checks.ThrowIfAny();
}

DownloadedMedia DownloadMedia(std::string_view url, const fs::path& folder, const DownloadOptions& options,
                              std::stop_token stop, const std::function<void(const DownloadProgress&)>& on_progress) {
  return DownloadMedia(YtDlpProgram::Installed(), url, folder, options, std::move(stop), on_progress);
}

DownloadedMedia DownloadMedia(const YtDlpProgram& program, std::string_view url, const fs::path& folder,
                              const DownloadOptions& options, std::stop_token stop,
                              const std::function<void(const DownloadProgress&)>& on_progress) {
  options.Validate();
  if (!IsFetchableUrl(url)) {
    throw Error(ErrorKind::kUsage, fmt::format("'{}' is not a link that can be downloaded", ValidUtf8(url)),
                "give one that starts with http:// or https://");
  }
  MakeFolder(folder);
  RemoveDownload(folder);
  try {
    return TryDownload(program, url, folder, options, stop, on_progress);
  } catch (...) {
    RemoveDownload(folder);
    throw;
  }
}

}  // namespace sezim
