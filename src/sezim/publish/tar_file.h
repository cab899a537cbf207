// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace sezim {

// Writes a tar file (POSIX ustar). Only names and contents decide its bytes: every entry is a regular file of root,
// readable by all, of the first second of 1970.
class TarFile {
 public:
  // Throws Error (kIo, kNoSpace), as do the others.
  explicit TarFile(const std::filesystem::path& path);
  ~TarFile();
  TarFile(const TarFile&) = delete;
  TarFile& operator=(const TarFile&) = delete;

  void Add(const std::string& name, std::string_view bytes);

  // Ends the file. Nothing may be added afterwards.
  void Close();

  // Bytes that entries take so far, with their headers.
  std::int64_t num_bytes() const { return num_bytes_; }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  std::int64_t num_bytes_ = 0;
};

}  // namespace sezim
