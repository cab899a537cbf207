// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/inputs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <set>
#include <string_view>
#include <tuple>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/sha256.h"
#include "sezim/corpus/source_list.h"
#include "sezim/harvest/collect.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::string_view, 38> kVideoExtensions = {
    ".mp4", ".m4v", ".mov", ".qt",  ".mkv", ".mk3d", ".webm", ".avi",  ".divx", ".mpg", ".mpeg", ".mpe", ".m1v",
    ".m2v", ".mpv", ".ts",  ".mts", ".m2t", ".m2ts", ".flv",  ".f4v",  ".wmv",  ".asf", ".3gp",  ".3g2", ".ogv",
    ".ogm", ".vob", ".mxf", ".gxf", ".dv",  ".dif",  ".rm",   ".rmvb", ".nut",  ".nuv", ".wtv",  ".swf"};

std::string LowerCaseExtension(const fs::path& path) {
  std::string extension = path.extension().native();
  for (char& c : extension) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return extension;
}

bool IsVideoName(const fs::path& path) {
  const std::string extension = LowerCaseExtension(path);
  return std::find(kVideoExtensions.begin(), kVideoExtensions.end(), extension) != kVideoExtensions.end();
}

// Of a corpus of which `path` lies in the folder for scratch files, or is a file of the folder for kept downloads.
bool IsDownloadOfACorpus(const fs::path& path) {
  const fs::path folder = path.parent_path();
  const CorpusFolder around(folder.parent_path()), above(folder);
  return (folder == around.media() && around.HoldsDownload(path)) ||
         (path == above.scratch() && above.HoldsDownload(path));
}

HarvestInput InputOf(const SourceRecord& record) {
  HarvestInput input{.locator = record.url,
                     .name = record.url,
                     .is_url = true,
                     .may_be_list = record.kind == SourceKind::kPlaylist,
                     .provenance_json = ToJson(record)};
  if (!record.language.empty()) input.language = record.language;
  return input;
}

void SortUnique(std::vector<HarvestInput>& inputs) {
  const auto key = [](const HarvestInput& input) { return std::tie(input.name, input.locator); };
  std::stable_sort(inputs.begin(), inputs.end(),
                   [&](const HarvestInput& a, const HarvestInput& b) { return key(a) < key(b); });
  std::set<std::string> seen;
  std::erase_if(inputs, [&](const HarvestInput& input) { return !seen.insert(input.locator).second; });
}

class InputFinder {
 public:
  void Add(const std::string& argument) {
    if (IsFetchableUrl(argument)) {
      found_.inputs.push_back({.locator = argument, .name = argument, .is_url = true, .may_be_list = true});
      return;
    }
    const fs::path path = argument;
    std::error_code error;
    const fs::file_status status = fs::symlink_status(path, error);
    if (!fs::exists(status)) {
      throw Error(ErrorKind::kNotFound, fmt::format("there is no input '{}'", DisplayName(path)),
                  "give a video file, a folder of videos, a sources.jsonl or an http(s) URL");
    }
    if (fs::is_directory(fs::status(path, error))) {
      AddFolder(path);
    } else if (LowerCaseExtension(path) == ".jsonl" && fs::is_regular_file(path, error)) {
      AddList(path);
    } else {
      AddFile(path, path.filename());
    }
  }

  HarvestInputs Finish() {
    SortUnique(found_.inputs);
    return std::move(found_);
  }

 private:
  void AddFile(const fs::path& path, const fs::path& name) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    found_.inputs.push_back({.locator = fs::absolute(path).lexically_normal().native(),
                             .name = DisplayName(name),
                             .size_bytes = error ? 0 : static_cast<std::int64_t>(size)});
  }

  void AddFolder(const fs::path& folder) {
    std::vector<fs::path> named_as_videos;
    if (IsVideoName(folder)) named_as_videos.push_back(folder);
    std::error_code error;
    fs::recursive_directory_iterator at(folder, error);
    for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
      if (fs::is_directory(at->symlink_status())) {
        if (::faccessat(AT_FDCWD, at->path().c_str(), R_OK | X_OK, AT_EACCESS) != 0) {
          found_.left_out.push_back(SystemError(errno, "cannot read the folder", DisplayName(at->path())));
          at.disable_recursion_pending();
          continue;
        }
        if (IsDownloadOfACorpus(at->path())) {
          at.disable_recursion_pending();
          continue;
        }
        if (IsVideoName(at->path())) named_as_videos.push_back(at->path());
        continue;
      }
      std::error_code broken;
      if (fs::is_directory(at->status(broken))) continue;  // a link to a folder
      if (IsVideoName(at->path()) && !IsDownloadOfACorpus(at->path())) {
        AddFile(at->path(), at->path().lexically_relative(folder));
      } else {
        ++found_.num_left_alone;
      }
    }
    if (error) throw SystemError(error.value(), "cannot read the folder", DisplayName(folder));
    for (const fs::path& named : named_as_videos) {
      if (!HoldsAnInput(named)) AddFile(named, named == folder ? named.filename() : named.lexically_relative(folder));
    }
  }

  bool HoldsAnInput(const fs::path& folder) const {
    const std::string front = (fs::absolute(folder) / "").lexically_normal().native();
    return std::any_of(found_.inputs.begin(), found_.inputs.end(),
                       [&](const HarvestInput& input) { return input.locator.starts_with(front); });
  }

  void AddList(const fs::path& file) {
    SourceListOptions options;
    options.on_bad_line = [&](const Error& error) { found_.left_out.push_back(error); };
    const auto take = [&](SourceRecord&& record) { found_.inputs.push_back(InputOf(record)); };
    ReadSourceList(file, take, options);
  }

  HarvestInputs found_;
};

}  // namespace

HarvestInputs FindInputs(const std::vector<std::string>& arguments) {
  InputFinder finder;
  for (const std::string& argument : arguments) finder.Add(argument);
  return finder.Finish();
}

void RefuseOwnDownloads(const std::vector<HarvestInput>& inputs, const CorpusFolder& corpus) {
  for (const HarvestInput& input : inputs) {
    if (input.is_url || !corpus.HoldsDownload(input.locator)) continue;
    throw Error(ErrorKind::kUsage,
                fmt::format("'{}' is a download of the corpus itself", DisplayName(fs::path(input.locator))),
                "give the link instead: what was harvested of it stays as it is");
  }
}

void ExpandLists(HarvestInputs& found, const YtDlpPacing& pacing, std::stop_token stop) {
  std::vector<HarvestInput> expanded;
  for (HarvestInput& input : found.inputs) {
    if (!input.may_be_list) {
      expanded.push_back(std::move(input));
      continue;
    }
    CollectOptions options;
    options.mode = CollectMode::kPlaylist;
    options.url = input.locator;
    options.limit = 0;
    options.pacing = pacing;
    const CollectResult result = Collect(options, stop);
    if (result.interrupted) throw Error(ErrorKind::kInterrupted, "stopped");
    for (const SourceRecord& record : result.records) {
      expanded.push_back(InputOf(record));
      if (!expanded.back().language) expanded.back().language = input.language;
    }
    if (result.records.empty()) {
      expanded.push_back(std::move(input));
      continue;
    }
    for (const CollectFailure& failure : result.failures) found.left_out.push_back(failure.error);
  }
  SortUnique(expanded);
  found.inputs = std::move(expanded);
}

std::vector<HarvestInput> ShardOf(const std::vector<HarvestInput>& inputs, int index, int count) {
  if (count < 1 || index < 1 || index > count) {
    throw Error(ErrorKind::kUsage, fmt::format("shard {}/{} does not exist", index, count),
                "give i/N with i from 1 to N");
  }
  std::vector<HarvestInput> shard;
  for (const HarvestInput& input : inputs) {
    const unsigned long number = std::strtoul(Sha256OfText(input.name).substr(0, 8).c_str(), nullptr, 16);
    if (number % static_cast<unsigned long>(count) == static_cast<unsigned long>(index - 1)) shard.push_back(input);
  }
  return shard;
}

}  // namespace sezim
