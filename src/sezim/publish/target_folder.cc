// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/target_folder.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

std::vector<fs::path> EntriesOf(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> entries;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    entries.push_back(at->path());
  }
  if (error) throw SystemError(error.value(), "cannot list", DisplayName(folder));
  std::sort(entries.begin(), entries.end());
  return entries;
}

// Every file below `folder`.
std::vector<fs::path> FilesIn(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (!at->is_directory()) files.push_back(at->path());
  }
  if (error) throw SystemError(error.value(), "cannot list", DisplayName(folder));
  return files;
}

void RequireFree(const fs::path& out, const fs::path& partial) {
  std::error_code error;
  const fs::file_status status = fs::status(out, error);
  if (!fs::exists(status)) {
    if (!fs::is_symlink(fs::symlink_status(out, error))) return;
    throw Error(ErrorKind::kUsage, fmt::format("'{}' is a link that leads nowhere", DisplayName(out)),
                "give a folder that is empty or does not exist yet");
  }
  if (!fs::is_directory(status)) {
    throw Error(ErrorKind::kUsage, fmt::format("'{}' exists and is not a folder", DisplayName(out)),
                "give a folder that is empty or does not exist yet");
  }
  const std::vector<fs::path> entries = EntriesOf(out);
  if (entries.empty()) return;
  if (entries.size() == 1 && entries[0] == partial) {
    throw Error(ErrorKind::kUsage,
                fmt::format("'{}' holds what is left of an export that was killed, or that another run is making",
                            DisplayName(partial)),
                "remove it if no export is running, or give another folder");
  }
  throw Error(ErrorKind::kUsage, fmt::format("'{}' is not empty", DisplayName(out)),
              "give a folder that is empty or does not exist yet");
}

}  // namespace

TargetFolder::TargetFolder(std::filesystem::path out) : out_(std::move(out)), partial_(out_ / ".partial") {
  RequireFree(out_, partial_);
  std::error_code error;
  for (fs::path above = fs::absolute(out_).lexically_normal(); !fs::exists(above, error) && above != above.root_path();
       above = above.parent_path()) {
    made_ = above;
  }
  try {
    MakeFolder(partial_);
  } catch (...) {
    if (!made_.empty()) fs::remove_all(made_, error);
    throw;
  }
}

TargetFolder::~TargetFolder() {
  if (committed_) return;
  std::error_code ignored;
  fs::remove_all(partial_, ignored);
  for (const fs::path& path : moved_) fs::remove_all(path, ignored);
  // Only folders that we made and that nobody has put anything into: remove() takes no folder with content.
  if (made_.empty()) return;
  const fs::path top = made_.parent_path();
  for (fs::path at = fs::absolute(out_).lexically_normal(); at != top; at = at.parent_path()) {
    if (!fs::remove(at, ignored) && fs::exists(at, ignored)) break;
  }
}

void TargetFolder::Commit() {
  FlushFiles(FilesIn(partial_));
  for (const fs::path& entry : EntriesOf(partial_)) {
    const fs::path to = out_ / entry.filename();
    std::error_code error;
    if (fs::exists(fs::symlink_status(to, error))) {
      throw Error(ErrorKind::kIo, fmt::format("'{}' has appeared meanwhile", DisplayName(to)), "give another folder");
    }
    fs::rename(entry, to, error);
    if (error) throw SystemError(error.value(), "cannot create", DisplayName(to));
    moved_.push_back(to);
  }
  std::error_code error;
  fs::remove(partial_, error);
  if (error) throw SystemError(error.value(), "cannot remove", DisplayName(partial_));
  committed_ = true;
}

void WriteNewFile(const fs::path& path, std::string_view bytes) {
  MakeFolder(path.parent_path());
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file) throw SystemError(errno, "cannot create", DisplayName(path));
  WriteAll(file, std::as_bytes(std::span(bytes)), path);
}

}  // namespace sezim
