// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/source_rejection.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>

#include "sezim/harvest/media_source.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

TEST(SourceRejection, AFileThatIsChangedMeanwhileIsTold) {
  const TemporaryFolder folder;
  OpenSource source;
  source.row.name = "talk.mp4";
  const auto find = [&](const std::string& content) {
    source.media.path = folder.Write("talk.mp4", content);
    struct stat status {};
    ASSERT_EQ(::stat(source.media.path.c_str(), &status), 0);
    source.row.size_bytes = status.st_size;
    source.row.modified_ns = ModifiedNs(status);
  };
  find("12345");
  RequireUnchanged(source);

  std::filesystem::last_write_time(source.media.path,
                                   std::filesystem::last_write_time(source.media.path) + std::chrono::seconds(3));
  const Error error = ThrownBy([&] { RequireUnchanged(source); });
  EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
  EXPECT_THAT(error.what(), testing::HasSubstr("'talk.mp4' was changed"));

  find("12345");
  std::filesystem::resize_file(source.media.path, 3);
  EXPECT_THAT(ThrownBy([&] { RequireUnchanged(source); }).what(), testing::HasSubstr("changed"));

  find("12345");
  std::filesystem::remove(source.media.path);
  EXPECT_THAT(ThrownBy([&] { RequireUnchanged(source); }).what(), testing::HasSubstr("changed"));
  source.media.is_download = true;
  RequireUnchanged(source);
}

}  // namespace
}  // namespace sezim
