// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace sezim {

// Owns a POSIX file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() { Close(); }
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      Close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void Close() noexcept;

 private:
  int fd_ = -1;
};

// The name of `path` for people and JSON: valid UTF-8, in which bytes that are not are written %XX, as are control
// characters and '%' itself where the name holds any such byte.
std::string DisplayName(const std::filesystem::path& path);

// As DisplayName, for any text from outside.
std::string ValidUtf8(std::string_view bytes);

// Opens a regular file. Throws Error: kNotFound, kIo, or kBadInput for what is not a regular file (a folder, a FIFO, a
// device); never blocks.
FileDescriptor OpenForReading(const std::filesystem::path& path);

// Fills a front part of `block`; 0 at the end of the file. `path` is for messages.
std::size_t ReadSome(const FileDescriptor& file, std::span<std::byte> block, const std::filesystem::path& path);

// Writes all of `bytes`. Throws Error (kNoSpace, kIo).
void WriteAll(const FileDescriptor& file, std::span<const std::byte> bytes, const std::filesystem::path& path);

// The whole of a text file of at most `max_bytes`. Throws Error (kBadInput if it is larger).
std::string ReadTextFile(const std::filesystem::path& path, std::size_t max_bytes);

// Replaces `path` by `text` so that a reader sees the old or the new content and never a part, even after a crash:
// written beside it under a temporary name, flushed to disk, renamed. On failure the temporary file is removed.
void WriteFileAtomically(const std::filesystem::path& path, std::string_view text);

// Renames `from` to `to` after flushing `from` to disk. Throws Error.
void CommitFile(const std::filesystem::path& from, const std::filesystem::path& to);

// Brings `files`, and the folders' entries that name them, to disk: all are handed to the disk before any is waited for,
// and other programs' writes are not waited for. Throws Error (kIo, kNoSpace, kNotFound).
void FlushFiles(std::span<const std::filesystem::path> files);

// Makes a folder and its parents. Throws Error.
void MakeFolder(const std::filesystem::path& path);

// An advisory lock on a file, held as long as the object lives; the kernel drops it when the process dies.
class FileLock {
 public:
  // Throws Error of kind kBusy if another process holds it; `subject` says what is locked ("the corpus 'x'").
  FileLock(const std::filesystem::path& path, std::string_view subject);

 private:
  FileDescriptor file_;
};

}  // namespace sezim
