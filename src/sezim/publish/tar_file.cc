// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/tar_file.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim {
namespace {

constexpr std::int64_t kBlockBytes = 512;

std::int64_t InBlocks(std::int64_t bytes) {
  return (bytes + kBlockBytes - 1) / kBlockBytes * kBlockBytes;
}

struct FreeWriter {
  void operator()(archive* writer) const { archive_write_free(writer); }
};
struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

}  // namespace

struct TarFile::Impl {
  // Throws an Error for a call of libarchive that returned `status`.
  void Require(std::int64_t status) {
    if (status >= ARCHIVE_OK) return;
    const int number = archive_errno(writer.get());
    throw SystemError(number > 0 ? number : EIO, "cannot write", DisplayName(path));
  }

  std::filesystem::path path;
  FileDescriptor file;
  std::unique_ptr<archive, FreeWriter> writer{archive_write_new()};
  std::unique_ptr<archive_entry, FreeEntry> entry{archive_entry_new()};
};

TarFile::TarFile(const std::filesystem::path& path) : impl_(std::make_unique<Impl>()) {
  impl_->path = path;
  impl_->file = FileDescriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!impl_->file) throw SystemError(errno, "cannot create", DisplayName(path));
  Check(impl_->writer && impl_->entry, "libarchive has memory");
  impl_->Require(archive_write_set_format_ustar(impl_->writer.get()));
  impl_->Require(archive_write_open_fd(impl_->writer.get(), impl_->file.get()));
}

TarFile::~TarFile() = default;

void TarFile::Add(const std::string& name, std::string_view bytes) {
  archive_entry* entry = archive_entry_clear(impl_->entry.get());
  archive_entry_set_pathname_utf8(entry, name.c_str());
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_perm(entry, 0644);
  archive_entry_set_mtime(entry, 0, 0);
  archive_entry_set_uid(entry, 0);
  archive_entry_set_gid(entry, 0);
  archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
  impl_->Require(archive_write_header(impl_->writer.get(), entry));
  const la_ssize_t written = archive_write_data(impl_->writer.get(), bytes.data(), bytes.size());
  impl_->Require(written);
  Check(static_cast<std::size_t>(written) == bytes.size(), "libarchive takes the whole of an entry");
  num_bytes_ += kBlockBytes + InBlocks(static_cast<std::int64_t>(bytes.size()));
}

void TarFile::Close() {
  impl_->Require(archive_write_close(impl_->writer.get()));
}

}  // namespace sezim
