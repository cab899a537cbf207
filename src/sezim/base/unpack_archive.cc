// SPDX-License-Identifier: Apache-2.0
#include "sezim/base/unpack_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

struct FreeArchive {
  void operator()(::archive* handle) const { archive_read_free(handle); }
};

[[noreturn]] void Refuse(const fs::path& archive, const std::string& what) {
  throw Error(ErrorKind::kBadInput, fmt::format("the archive '{}' {}", DisplayName(archive), what),
              "fetch it again, or unpack it by hand and give the folder");
}

bool StaysInside(const fs::path& path) {
  return path.is_relative() &&
         std::none_of(path.begin(), path.end(), [](const fs::path& part) { return part == ".."; });
}

void WriteEntry(::archive* handle, const fs::path& file, const fs::path& archive, std::int64_t& bytes_left) {
  MakeFolder(file.parent_path());
  const FileDescriptor out(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!out) throw SystemError(errno, "cannot create", DisplayName(file));
  std::vector<std::byte> block(64UL * 1024);
  while (true) {
    const auto got = archive_read_data(handle, block.data(), block.size());
    if (got < 0) Refuse(archive, fmt::format("is damaged ({})", ValidUtf8(archive_error_string(handle))));
    if (got == 0) return;
    bytes_left -= got;
    if (bytes_left < 0) Refuse(archive, "holds more than is allowed");
    WriteAll(out, std::span(block).first(static_cast<std::size_t>(got)), file);
  }
}

}  // namespace

void UnpackArchive(const fs::path& archive, std::string_view part, const fs::path& folder, const UnpackLimits& limits) {
  { const FileDescriptor readable = OpenForReading(archive); }  // a clear error where it cannot be read
  const std::unique_ptr<::archive, FreeArchive> handle(archive_read_new());
  archive_read_support_filter_all(handle.get());
  archive_read_support_format_tar(handle.get());
  archive_read_support_format_zip(handle.get());
  if (archive_read_open_filename(handle.get(), archive.c_str(), 1UL << 20) != ARCHIVE_OK) {
    Refuse(archive, "cannot be read: it is no tar or zip file");
  }
  std::int64_t files_left = limits.max_files, bytes_left = limits.max_bytes;
  ::archive_entry* entry = nullptr;
  int status = ARCHIVE_OK;
  while ((status = archive_read_next_header(handle.get(), &entry)) == ARCHIVE_OK) {
    if (--files_left < 0) Refuse(archive, "holds more files than are allowed");
    const char* name = archive_entry_pathname(entry);
    if (name == nullptr || archive_entry_filetype(entry) != AE_IFREG) continue;
    const fs::path path = fs::path(name).lexically_normal();
    if (!StaysInside(path)) Refuse(archive, fmt::format("holds a file outside of itself, '{}'", ValidUtf8(name)));
    const bool wanted = std::any_of(path.begin(), path.end(), [&](const fs::path& each) { return each == part; });
    if (wanted) WriteEntry(handle.get(), folder / path, archive, bytes_left);
  }
  if (status != ARCHIVE_EOF)
    Refuse(archive, fmt::format("is damaged ({})", ValidUtf8(archive_error_string(handle.get()))));
}

}  // namespace sezim
