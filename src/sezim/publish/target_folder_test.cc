// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/target_folder.h"

#include <gmock/gmock.h>

#include "sezim/base/error.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

void Fill(const TargetFolder& target) {
  WriteNewFile(target.folder() / "a.txt", "one");
  WriteNewFile(target.folder() / "in" / "b.txt", "two");
}

TEST(TargetFolder, HasAllOnceItIsCommitted) {
  const TemporaryFolder folder;
  for (const fs::path& out : {folder / "deep" / "out", folder / "empty", folder / "slash" / ""}) {
    if (out.filename() == "empty") fs::create_directory(out);
    {
      TargetFolder target(out);
      Fill(target);
      EXPECT_FALSE(fs::exists(out / "a.txt"));
      target.Commit();
    }
    EXPECT_EQ(ContentOf(out / "a.txt"), "one");
    EXPECT_EQ(ContentOf(out / "in" / "b.txt"), "two");
    EXPECT_FALSE(fs::exists(out / ".partial"));
  }
}

TEST(TargetFolder, LeavesNothingUnlessItIsCommitted) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "empty");
  fs::create_directory(folder / "there");
  for (const char* out : {"deep/er/out", "empty", "there/out", "slash/"}) Fill(TargetFolder(folder / out));
  EXPECT_TRUE(fs::is_empty(folder / "empty"));
  EXPECT_TRUE(fs::is_empty(folder / "there"));
  EXPECT_EQ(folder.num_entries(), 2U);
}

TEST(TargetFolder, TakesNoFolderThatHasSomething) {
  const TemporaryFolder folder;
  folder.Write("full/file", "x");
  folder.Write("killed/.partial/file", "x");
  folder.Write("file", "x");
  fs::create_symlink("nowhere", folder / "link");
  for (const auto& [out, what] :
       {std::pair("full", "is not empty"), {"killed", "killed"}, {"file", "not a folder"}, {"link", "leads nowhere"}}) {
    const Error error = ThrownBy([&] { const TargetFolder target(folder / out); });
    EXPECT_EQ(error.kind(), ErrorKind::kUsage) << out;
    EXPECT_THAT(error.what(), HasSubstr(what));
    EXPECT_FALSE(error.remedy().empty());
  }
  EXPECT_EQ(ContentOf(folder / "full/file"), "x");
  EXPECT_EQ(ContentOf(folder / "killed/.partial/file"), "x");
}

TEST(TargetFolder, WhatAppearsMeanwhileIsNotReplaced) {
  const TemporaryFolder folder;
  {
    TargetFolder target(folder / "out");
    Fill(target);
    folder.Write("out/in/b.txt", "of somebody else");
    EXPECT_EQ(ThrownBy([&] { target.Commit(); }).kind(), ErrorKind::kIo);
  }
  EXPECT_EQ(ContentOf(folder / "out/in/b.txt"), "of somebody else");
  EXPECT_FALSE(fs::exists(folder / "out/a.txt"));
  EXPECT_FALSE(fs::exists(folder / "out/.partial"));
}

}  // namespace
}  // namespace sezim
