// SPDX-License-Identifier: Apache-2.0
#include "sezim/base/file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>
#include <thread>

#include "sezim/base/error.h"
#include "sezim/base/utf8.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

TEST(DisplayName, IsTheNameWhereThatIsText) {
  for (const char* name : {"", "a.mp4", "/v/Қыз Жібек 100% ☺.mp4", "a\"b'c\\d", "%41"})
    EXPECT_EQ(ValidUtf8(name), name);
}

TEST(DisplayName, WritesOtherBytesAsNumbers) {
  EXPECT_EQ(DisplayName("caf\xe9"), "caf%E9");
  EXPECT_EQ(DisplayName("caf\xe9 100% Қ"), "caf%E9 100%25 Қ");  // so that names stay apart
  EXPECT_EQ(DisplayName("a\nb\x7f%"), "a%0Ab%7F%25");
  EXPECT_EQ(ValidUtf8(std::string_view("\0\x1b[2J", 5)), "%00%1B[2J");
  EXPECT_EQ(ValidUtf8("\xed\xa0\x80"), "%ED%A0%80");  // half a surrogate pair
  EXPECT_EQ(ValidUtf8("x\xe2\x82"), "x%E2%82");       // cut off
}

TEST(DisplayName, IsValidForAnyBytesAndTellsOddNamesApart) {
  std::set<std::string> shown;
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string odd = {static_cast<char>(a), static_cast<char>(b), '\xff'};
      EXPECT_TRUE(IsValidUtf8(ValidUtf8(odd)));
      EXPECT_TRUE(shown.insert(ValidUtf8(odd)).second);
    }
  }
}

TEST(OpenForReading, NeverBlocksAndTakesRegularFilesOnly) {
  const TemporaryFolder folder;
  const auto refusal = [](const fs::path& path, ErrorKind kind, const char* complaint) {
    const Error error = ThrownBy([&] { OpenForReading(path); });
    EXPECT_EQ(error.kind(), kind) << path;
    EXPECT_THAT(error.what(), HasSubstr(complaint));
  };
  ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
  refusal(folder / "fifo", ErrorKind::kBadInput, "FIFO");
  refusal(folder.path(), ErrorKind::kBadInput, "a folder");
  refusal("/dev/zero", ErrorKind::kBadInput, "a device");
  refusal(folder / "none", ErrorKind::kNotFound, "none");
  fs::create_symlink("nowhere", folder / "dangling");
  refusal(folder / "dangling", ErrorKind::kNotFound, "dangling");
  fs::create_symlink("loop", folder / "loop");
  refusal(folder / "loop", ErrorKind::kBadInput, "a link that leads to itself");
  folder.Write("x", "text");
  fs::create_symlink("x", folder / "link");
  EXPECT_EQ(ReadTextFile(folder / "link", 10), "text");
}

TEST(ReadTextFile, TakesAsManyBytesAsAllowed) {
  const TemporaryFolder folder;
  const std::string text(200'000, 'x');
  const fs::path file = folder.Write("x", text);
  EXPECT_EQ(ReadTextFile(file, 200'000), text);
  const Error error = ThrownBy([&] { ReadTextFile(file, 199'999); });
  EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
  EXPECT_THAT(error.what(), HasSubstr("199999"));
  EXPECT_EQ(ReadTextFile(folder.Write("empty", ""), 0), "");
}

TEST(WriteFileAtomically, ReplacesAndLeavesNothingElse) {
  const TemporaryFolder folder;
  const fs::path file = folder / "caf\xe9.txt";
  for (const std::string& text :
       {std::string("old, and longer than the new one"), std::string("new"), std::string(), std::string("\0\xff", 2)}) {
    WriteFileAtomically(file, text);
    EXPECT_EQ(ContentOf(file), text);
    EXPECT_EQ(folder.num_entries(), 1U);
  }
}

TEST(WriteFileAtomically, AReaderNeverSeesAPart) {
  const TemporaryFolder folder;
  const fs::path file = folder / "x";
  const std::string a(300'000, 'a');
  const std::string b(100'000, 'b');
  WriteFileAtomically(file, a);
  std::jthread writer([&](const std::stop_token& stop) {
    for (int i = 0; !stop.stop_requested(); ++i) WriteFileAtomically(file, i % 2 == 0 ? b : a);
  });
  for (int i = 0; i < 200; ++i) {
    const std::string seen = ReadTextFile(file, 1 << 20);
    ASSERT_TRUE(seen == a || seen == b) << seen.size();
  }
}

TEST(WriteFileAtomically, AFailureLeavesTheOldFileAndNothingElse) {
  const TemporaryFolder folder;
  const fs::path file = folder.Write("x", "old");
  const std::string temporary = file.native() + "." + std::to_string(::getpid()) + ".tmp";
  fs::create_symlink("/dev/full", temporary);
  EXPECT_EQ(ThrownBy([&] { WriteFileAtomically(file, "new"); }).kind(), ErrorKind::kNoSpace);
  EXPECT_EQ(ContentOf(file), "old");
  EXPECT_EQ(folder.num_entries(), 1U);
  EXPECT_EQ(ThrownBy([&] { WriteFileAtomically(folder / "none" / "x", "new"); }).kind(), ErrorKind::kNotFound);
  fs::create_directories(folder / "taken" / "by a folder");
  EXPECT_EQ(ThrownBy([&] { WriteFileAtomically(folder / "taken", "new"); }).kind(), ErrorKind::kIo);
  EXPECT_EQ(folder.num_entries(), 2U);
}

TEST(WriteAll, SaysThatTheDiskIsFull) {
  const FileDescriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(full);
  EXPECT_EQ(ThrownBy([&] { WriteAll(full, std::as_bytes(std::span("text")), "/dev/full"); }).kind(),
            ErrorKind::kNoSpace);
}

TEST(MakeFolder, MakesParentsAndTakesWhatIsThere) {
  const TemporaryFolder folder;
  MakeFolder(folder / "a" / "b");
  MakeFolder(folder / "a" / "b");
  EXPECT_TRUE(fs::is_directory(folder / "a" / "b"));
  folder.Write("file", "");
  EXPECT_THROW(MakeFolder(folder / "file" / "x"), Error);
}

TEST(FlushFiles, TakesFilesAndSaysWhatIsMissing) {
  const TemporaryFolder folder;
  folder.Write("written", "text");
  EXPECT_NO_THROW(FlushFiles(std::vector{folder / "written"}));
  EXPECT_NO_THROW(FlushFiles({}));
  EXPECT_THROW(FlushFiles(std::vector{folder / "written", folder / "none"}), Error);
}

TEST(FileDescriptor, ClosesOnceAndMoves) {
  int pipe_ends[2] = {-1, -1};
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const int raw = pipe_ends[0];
  {
    FileDescriptor one(raw);
    FileDescriptor two(std::move(one));
    EXPECT_EQ(two.get(), raw);
    FileDescriptor three(pipe_ends[1]);
    three = std::move(two);  // closes what it held
    EXPECT_EQ(::fcntl(pipe_ends[1], F_GETFD), -1);
    EXPECT_NE(::fcntl(raw, F_GETFD), -1);
  }
  EXPECT_EQ(::fcntl(raw, F_GETFD), -1);
}

TEST(FileLock, ExcludesWhileItLives) {
  const TemporaryFolder folder;
  const fs::path file = folder / "lock";
  {
    const FileLock held(file, "the corpus 'x'");
    const Error error = ThrownBy([&] { const FileLock second(file, "the corpus 'x'"); });
    EXPECT_EQ(error.kind(), ErrorKind::kBusy);
    EXPECT_THAT(error.what(), HasSubstr("the corpus 'x'"));
  }
  EXPECT_NO_THROW(FileLock(file, "x"));
  EXPECT_THROW(FileLock(folder / "none" / "lock", "x"), Error);
}

TEST(FileLock, DiesWithItsProcess) {
  const TemporaryFolder folder;
  const fs::path file = folder / "lock";
  int ready[2] = {-1, -1};
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const FileLock held(file, "x");
    if (::write(ready[1], "1", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(ThrownBy([&] { const FileLock second(file, "x"); }).kind(), ErrorKind::kBusy);
  ::kill(child, SIGKILL);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_NO_THROW(FileLock(file, "x"));
  ::close(ready[0]);
  ::close(ready[1]);
}

}  // namespace
}  // namespace sezim
