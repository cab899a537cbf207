// SPDX-License-Identifier: Apache-2.0
#include "sezim/base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/base/utf8.h"

namespace sezim {
namespace fs = std::filesystem;

void FileDescriptor::Close() noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

std::string ValidUtf8(std::string_view bytes) {
  bool clean = IsValidUtf8(bytes);
  for (const char c : bytes) clean = clean && static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
  if (clean) return std::string(bytes);
  std::string out;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = Utf8SequenceLength(bytes.substr(at));
    const auto byte = static_cast<unsigned char>(bytes[at]);
    if (length == 0 || byte < 0x20 || byte == 0x7f || byte == '%') {
      out += fmt::format("%{:02X}", byte);
      at += 1;
    } else {
      out += bytes.substr(at, length);
      at += length;
    }
  }
  return out;
}

std::string DisplayName(const fs::path& path) {
  return ValidUtf8(path.native());
}

FileDescriptor OpenForReading(const fs::path& path) {
  // O_NONBLOCK: opening a FIFO that nobody writes to must not wait for ever. It has no effect on regular files.
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  const auto no_file = [&](const char* what) {
    return Error(ErrorKind::kBadInput, fmt::format("'{}' is {}, not a file", DisplayName(path), what),
                 "give a regular file");
  };
  if (!file && errno == ENXIO) throw no_file("a socket");  // or a device that is not there
  if (!file && errno == ELOOP) throw no_file("a link that leads to itself");
  if (!file) throw SystemError(errno, "cannot open", DisplayName(path));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw SystemError(errno, "cannot examine", DisplayName(path));
  if (!S_ISREG(status.st_mode)) {
    throw no_file(S_ISDIR(status.st_mode) ? "a folder" : S_ISFIFO(status.st_mode) ? "a FIFO" : "a device");
  }
  return file;
}

std::size_t ReadSome(const FileDescriptor& file, std::span<std::byte> block, const fs::path& path) {
  for (;;) {
    const ssize_t got = ::read(file.get(), block.data(), block.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) throw SystemError(errno, "cannot read", DisplayName(path));
  }
}

void WriteAll(const FileDescriptor& file, std::span<const std::byte> bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw SystemError(errno, "cannot write", DisplayName(path));
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

std::string ReadTextFile(const fs::path& path, std::size_t max_bytes) {
  const FileDescriptor file = OpenForReading(path);
  const auto require_room = [&](std::uint64_t num_bytes) {
    if (num_bytes <= max_bytes) return;
    throw Error(ErrorKind::kBadInput,
                fmt::format("'{}' is larger than the {} bytes allowed for such a file", DisplayName(path), max_bytes),
                "check that this is the file you meant");
  };
  struct stat status {};
  std::string text;
  if (::fstat(file.get(), &status) == 0 && status.st_size > 0) {
    require_room(static_cast<std::uint64_t>(status.st_size));
    text.reserve(static_cast<std::size_t>(status.st_size));
  }
  std::vector<std::byte> block(1 << 16);
  while (const std::size_t got = ReadSome(file, block, path)) {
    require_room(text.size() + got);  // it may have grown
    text.append(reinterpret_cast<const char*>(block.data()), got);
  }
  return text;
}

namespace {

void FlushToDisk(const fs::path& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file || ::fsync(file.get()) != 0) throw SystemError(errno, "cannot flush", DisplayName(path));
}

}  // namespace

void CommitFile(const fs::path& from, const fs::path& to) {
  FlushToDisk(from);
  if (::rename(from.c_str(), to.c_str()) != 0) throw SystemError(errno, "cannot create", DisplayName(to));
}

void WriteFileAtomically(const fs::path& path, std::string_view text) {
  fs::path temporary = path;
  temporary += fmt::format(".{}.tmp", ::getpid());
  try {
    {
      const FileDescriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
      if (!file) throw SystemError(errno, "cannot create", DisplayName(path));
      WriteAll(file, std::as_bytes(std::span(text)), path);
    }
    CommitFile(temporary, path);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

void FlushFiles(std::span<const fs::path> files) {
  std::set<fs::path> folders;
  for (const fs::path& path : files) {
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) throw SystemError(errno, "cannot flush", DisplayName(path));
    ::sync_file_range(file.get(), 0, 0, SYNC_FILE_RANGE_WRITE);  // only starts: fsync below waits and reports
    folders.insert(path.has_parent_path() ? path.parent_path() : fs::path("."));
  }
  for (const fs::path& path : files) FlushToDisk(path);
  for (const fs::path& folder : folders) FlushToDisk(folder);
}

void MakeFolder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) throw SystemError(error.value(), "cannot make the folder", DisplayName(path));
}

FileLock::FileLock(const fs::path& path, std::string_view subject)
    : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
  if (!file_ && (errno == EROFS || errno == EACCES)) {
    file_ = FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));  // may be locked all the same
  }
  if (!file_) throw SystemError(errno, "cannot open the lock", DisplayName(path));
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) == 0) return;
  if (errno != EWOULDBLOCK) throw SystemError(errno, "cannot lock", DisplayName(path));
  throw Error(ErrorKind::kBusy, fmt::format("another run is working on {}", subject),
              "wait until it has ended, or stop it");
}

}  // namespace sezim
