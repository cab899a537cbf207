// SPDX-License-Identifier: Apache-2.0
#include "sezim/base/unpack_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

struct Entry {
  std::string name;
  std::string content;
  bool is_link = false;
};

std::filesystem::path Pack(const TemporaryFolder& folder, const std::vector<Entry>& entries) {
  const std::filesystem::path file = folder / "packed.tar.xz";
  ::archive* out = archive_write_new();
  archive_write_set_format_pax_restricted(out);
  archive_write_add_filter_xz(out);
  archive_write_open_filename(out, file.c_str());
  for (const Entry& each : entries) {
    ::archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, each.name.c_str());
    archive_entry_set_filetype(entry, each.is_link ? AE_IFLNK : AE_IFREG);
    if (each.is_link) archive_entry_set_symlink(entry, each.content.c_str());
    archive_entry_set_size(entry, each.is_link ? 0 : static_cast<la_int64_t>(each.content.size()));
    archive_entry_set_perm(entry, 0644);
    archive_write_header(out, entry);
    if (!each.is_link) archive_write_data(out, each.content.data(), each.content.size());
    archive_entry_free(entry);
  }
  archive_write_free(out);
  return file;
}

TEST(UnpackArchive, UnpacksAPartAndNoLinks) {
  const TemporaryFolder folder;
  const auto file = Pack(folder, {{"set/test/angry/1.jpg", "one"},
                                  {"set/train/angry/1.jpg", "two"},
                                  {"set/test/angry/link.jpg", "/etc/passwd", true}});
  UnpackArchive(file, "test", folder / "out");
  EXPECT_EQ(ReadTextFile(folder / "out" / "set" / "test" / "angry" / "1.jpg", 10), "one");
  EXPECT_FALSE(std::filesystem::exists(folder / "out" / "set" / "train"));
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::symlink_status(folder / "out/set/test/angry/link.jpg")));
}

TEST(UnpackArchive, RefusesWhatLeavesTheFolderIsTooLargeOrNoArchive) {
  const TemporaryFolder folder;
  const auto kind = [&](const std::vector<Entry>& entries, const UnpackLimits& limits) {
    return ThrownBy([&] { UnpackArchive(Pack(folder, entries), "test", folder / "o", limits); }).kind();
  };
  EXPECT_EQ(kind({{"test/../../escaped", "x"}}, {}), ErrorKind::kBadInput);
  EXPECT_EQ(kind({{"/test/absolute", "x"}}, {}), ErrorKind::kBadInput);
  EXPECT_EQ(kind({{"test/a", "x"}, {"test/b", "x"}}, {.max_files = 1}), ErrorKind::kBadInput);
  EXPECT_EQ(kind({{"test/c", std::string(100, 'x')}}, {.max_bytes = 99}), ErrorKind::kBadInput);
  folder.Write("text.tar.xz", "no archive");
  EXPECT_EQ(ThrownBy([&] { UnpackArchive(folder / "text.tar.xz", "test", folder / "p"); }).kind(),
            ErrorKind::kBadInput);
  EXPECT_EQ(ThrownBy([&] { UnpackArchive(folder / "none", "test", folder / "p"); }).kind(), ErrorKind::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(folder / "escaped"));
}

}  // namespace
}  // namespace sezim
