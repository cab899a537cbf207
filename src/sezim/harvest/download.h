// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>

#include "sezim/corpus/source_record.h"
#include "sezim/harvest/yt_dlp.h"

namespace sezim {

struct DownloadOptions {
  // Downloads that are or grow larger are given up; picture and sound count together where they come apart.
  std::int64_t max_bytes = std::int64_t{8} << 30;

  YtDlpPacing pacing{};

  // Throws Error of kind kUsage.
  void Validate() const;
};

struct DownloadProgress {
  std::int64_t num_bytes = 0;
  std::optional<std::int64_t> total_bytes{};  // where the server says it
};

struct DownloadedMedia {
  std::filesystem::path path;  // FOLDER/media.EXT; no other part of the name comes from outside
  std::int64_t num_bytes = 0;
  SourceRecord source;  // what the site says of it; source.url is the URL that was asked for
};

// Downloads the one video that `url` names into `folder`, which is made if absent and in which anything named
// media.* is replaced: give each source a folder of its own. What arrives is complete as far as the server
// tells; whether it is a video is for the probe to find out. On failure nothing is left of it. Throws Error:
// kUsage (not an http or https link; a playlist; a live stream), kNetwork (with what the site said),
// kBadInput (larger than allowed), kNotFound (no yt-dlp), kInterrupted, kIo, kNoSpace. Thread-safe for
// distinct folders.
DownloadedMedia DownloadMedia(std::string_view url, const std::filesystem::path& folder,
                              const DownloadOptions& options = {}, std::stop_token stop = {},
                              const std::function<void(const DownloadProgress&)>& on_progress = {});
DownloadedMedia DownloadMedia(const YtDlpProgram& program, std::string_view url, const std::filesystem::path& folder,
                              const DownloadOptions& options = {}, std::stop_token stop = {},
                              const std::function<void(const DownloadProgress&)>& on_progress = {});

}  // namespace sezim
