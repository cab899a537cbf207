// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/readers/named_clips.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim::readers {
namespace fs = std::filesystem;
namespace {

// Whether `path`, with every link resolved, lies below `root`, which has none.
bool LiesBelow(const fs::path& path, const fs::path& root) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  return !error && std::mismatch(root.begin(), root.end(), real.begin(), real.end()).first == root.end();
}

fs::path RealFolder(const fs::path& folder) {
  std::error_code error;
  const fs::path real = fs::canonical(folder, error);
  if (error) {
    throw Error(ErrorKind::kNotFound, fmt::format("there is no folder '{}'", DisplayName(folder)),
                "give the folder that the corpus was unpacked into");
  }
  if (!fs::is_directory(real)) {
    throw Error(ErrorKind::kBadInput, fmt::format("'{}' is not a folder", DisplayName(folder)),
                "give the folder that the corpus was unpacked into");
  }
  return real;
}

}  // namespace

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

bool IsMediaName(const fs::path& file) {
  const std::string extension = Lower(file.extension().native());
  const auto is_it = [&](std::string_view one) { return one == extension; };
  return std::any_of(kAudioExtensions.begin(), kAudioExtensions.end(), is_it) ||
         std::any_of(kVideoExtensions.begin(), kVideoExtensions.end(), is_it);
}

std::vector<fs::path> MediaFiles(const fs::path& folder, std::vector<std::string>& problems) {
  const fs::path root = RealFolder(folder);
  std::vector<fs::path> files;
  std::size_t num_entries = 0;
  std::error_code error;
  fs::recursive_directory_iterator at(root, error);
  for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
    if (++num_entries > kMaxEntries) {
      throw Error(ErrorKind::kBadInput,
                  fmt::format("'{}' holds more than {} files and folders", DisplayName(folder), kMaxEntries),
                  "give the folder of the corpus itself");
    }
    const fs::path name = at->path().lexically_relative(root);
    if (at->path().filename().native().starts_with(".")) {
      at.disable_recursion_pending();
      continue;
    }
    std::error_code broken;
    if (at->is_directory(broken)) {
      if (at->is_symlink(broken))
        problems.push_back(fmt::format("{}: a link to a folder, not followed", DisplayName(name)));
      if (at.depth() + 1 >= kMaxDepth) {
        at.disable_recursion_pending();
        problems.push_back(fmt::format("{}: more than {} folders deep, not read", DisplayName(name), kMaxDepth));
      }
      continue;
    }
    if (!IsMediaName(name)) continue;
    if (!LiesBelow(at->path(), root)) {
      problems.push_back(
          fmt::format("{}: a link that leaves the folder or leads nowhere, not followed", DisplayName(name)));
    } else if (at->is_regular_file(broken)) {
      files.push_back(name);
    } else {
      problems.push_back(fmt::format("{}: not a file", DisplayName(name)));
    }
  }
  if (error) throw SystemError(error.value(), "cannot read the folder", DisplayName(folder));
  std::sort(files.begin(), files.end());
  return files;
}

void Finish(ClipCorpus& corpus, const ReaderInfo& info, const fs::path& folder, std::size_t num_seen) {
  if (corpus.clips.empty()) {
    std::string seen = fmt::format("none of its {} media files or lines fits", num_seen);
    if (!corpus.problems.empty()) seen += fmt::format(", such as {}", corpus.problems.front());
    throw Error(ErrorKind::kBadInput,
                fmt::format("'{}' is not a folder of {}: {}", DisplayName(folder), info.name, seen),
                fmt::format("expected is {}", info.layout));
  }
  std::sort(corpus.clips.begin(), corpus.clips.end(), [](const Clip& a, const Clip& b) { return a.id < b.id; });
}

ClipCorpus ReadNamedClips(const ReaderInfo& info, const fs::path& folder, ReadName read_name) {
  ClipCorpus corpus{.name = std::string(info.name), .licence = std::string(info.licence)};
  const std::vector<fs::path> files = MediaFiles(folder, corpus.problems);
  std::map<std::string, fs::path> file_of_id;
  for (const fs::path& file : files) {
    Clip clip{.id = {}, .audio = folder / file, .emotion = {}, .speaker = {}, .corpus = corpus.name};
    const FileIs what = read_name(file, clip);
    if (what == FileIs::kOther) continue;
    if (what == FileIs::kMisnamed) {
      corpus.problems.push_back(fmt::format("{}: not named as {} names its files", DisplayName(file), info.name));
      continue;
    }
    const auto [first, is_new] = file_of_id.try_emplace(clip.id, file);
    if (is_new) {
      corpus.clips.push_back(std::move(clip));
    } else {
      corpus.problems.push_back(fmt::format("{}: the clip '{}' again, left out; taken is {}", DisplayName(file),
                                            clip.id, DisplayName(first->second)));
    }
  }
  Finish(corpus, info, folder, files.size());
  return corpus;
}

}  // namespace sezim::readers
