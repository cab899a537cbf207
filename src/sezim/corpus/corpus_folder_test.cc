// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/corpus_folder.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "sezim/base/error.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

namespace fs = std::filesystem;

TEST(CorpusFolder, SaysWhereThingsAre) {
  const CorpusFolder corpus("/c");
  EXPECT_EQ(corpus.audio(Emotion::kHappy), "/c/audio/happy");
  EXPECT_EQ(corpus.AudioFile("audio/happy/x.wav"), "/c/audio/happy/x.wav");
  EXPECT_EQ(corpus.AudioFile("audio//happy/./x.wav"), "/c/audio/happy/x.wav");
}

TEST(CorpusFolder, RefusesPathsThatLeadOut) {
  const CorpusFolder corpus("/c");
  for (const char* path : {"", ".", "..", "/etc/passwd", "../x.wav", "audio/../../x.wav", "audio/../x.wav",
                           "audio/../audiox/x.wav", "catalog.db", "audiox/x.wav", "audio/../../c/../d", "\xff"}) {
    const Error error = ThrownBy([&] { corpus.AudioFile(path); });
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << path;
    EXPECT_FALSE(error.remedy().empty());
  }
}

TEST(CorpusFolder, RequiresACorpus) {
  const TemporaryFolder folder;
  const CorpusFolder corpus(folder.path());
  EXPECT_EQ(ThrownBy([&] { corpus.RequireCorpus(); }).kind(), ErrorKind::kNotFound);
  folder.Write("corpus.toml", "");
  EXPECT_EQ(ThrownBy([&] { corpus.RequireCorpus(); }).kind(), ErrorKind::kNotFound);
  folder.Write("catalog.db", "");
  EXPECT_NO_THROW(corpus.RequireCorpus());
}

TEST(CorpusFolder, KnowsThatItsCatalogueIsLost) {
  const TemporaryFolder folder;
  const CorpusFolder corpus(folder.path());
  folder.Write("corpus.toml", "");
  EXPECT_NO_THROW(corpus.RequireNothingLost());  // a harvest was killed as it began
  folder.Write("segments.jsonl", "");
  const Error error = ThrownBy([&] { corpus.RequireNothingLost(); });
  EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
  EXPECT_THAT(error.what(), testing::HasSubstr("catalog.db"));
  EXPECT_THAT(error.remedy(), testing::HasSubstr("dropped"));
  EXPECT_EQ(ThrownBy([&] { corpus.RequireCorpus(); }).what(), std::string(error.what()));
  folder.Write("catalog.db", "");  // SQLite would take it for a new one
  EXPECT_EQ(ThrownBy([&] { corpus.RequireNothingLost(); }).what(), std::string(error.what()));
  folder.Write("catalog.db", "something");
  EXPECT_NO_THROW(corpus.RequireNothingLost());
}

TEST(CorpusFolder, HoldsWhatLiesInIt) {
  const TemporaryFolder folder;
  folder.Write("corpus/audio/x.wav", "");
  folder.Write("corpus2/x.wav", "");
  std::filesystem::create_directory_symlink(folder / "corpus/audio", folder / "link");
  const CorpusFolder corpus(folder / "corpus");
  for (const char* inside : {"corpus", "corpus/new", "corpus/audio/x.wav", "corpus2/../corpus/a/b", "link/new"}) {
    EXPECT_TRUE(corpus.Holds(folder / inside)) << inside;
  }
  for (const char* outside : {"", "corpus2/x.wav", "corpus/../x", "new"}) {
    EXPECT_FALSE(corpus.Holds(folder / outside)) << outside;
  }
}

TEST(CorpusFolder, OneRunAtATime) {
  const TemporaryFolder folder;
  const CorpusFolder corpus(folder.path());
  {
    const FileLock held = corpus.Lock();
    const Error error = ThrownBy([&] { corpus.Lock(); });
    EXPECT_EQ(error.kind(), ErrorKind::kBusy);
    EXPECT_THAT(error.what(), testing::HasSubstr(folder.path().native()));
  }
  EXPECT_NO_THROW(corpus.Lock());
}

class WriteLinesTest : public testing::Test {
 protected:
  void Write(const std::vector<std::string>& lines) const {
    WriteLinesIfChanged(file_, [&](const WriteLine& write) {
      for (const std::string& line : lines) write(line);
    });
  }
  // Changes whenever the file is written or replaced.
  std::pair<ino_t, long> Identity() const {
    struct stat status {};
    EXPECT_EQ(::stat(file_.c_str(), &status), 0);
    return {status.st_ino, status.st_mtim.tv_nsec};
  }

  TemporaryFolder folder_;
  fs::path file_ = folder_ / "x.jsonl";
};

TEST_F(WriteLinesTest, WritesLines) {
  Write({"one", "", "three"});
  EXPECT_EQ(ContentOf(file_), "one\n\nthree\n");
  Write({});
  EXPECT_EQ(ContentOf(file_), "");
  EXPECT_EQ(folder_.num_entries(), 1U);
}

TEST_F(WriteLinesTest, LeavesAnEqualFileAlone) {
  Write({"one", "two"});
  const auto before = Identity();
  Write({"one", "two"});
  EXPECT_EQ(Identity(), before);
  Write({"one", "twö"});
  EXPECT_EQ(ContentOf(file_), "one\ntwö\n");
  Write({"one", "twÖ"});  // of the same length
  EXPECT_EQ(ContentOf(file_), "one\ntwÖ\n");
  EXPECT_EQ(folder_.num_entries(), 1U);
}

TEST_F(WriteLinesTest, TakesMoreThanFitsItsBuffer) {
  const std::string long_line(700'000, 'x');
  Write({long_line, long_line, "end"});
  EXPECT_EQ(ContentOf(file_), long_line + "\n" + long_line + "\nend\n");
}

TEST_F(WriteLinesTest, AFailureLeavesTheOldFileAndNothingElse) {
  Write({"old"});
  EXPECT_THROW(WriteLinesIfChanged(file_,
                                   [](const WriteLine& write) {
                                     write("new");
                                     throw Error(ErrorKind::kIo, "on purpose");
                                   }),
               Error);
  EXPECT_EQ(ContentOf(file_), "old\n");
  EXPECT_EQ(folder_.num_entries(), 1U);
  fs::create_symlink("/dev/full", folder_ / "x.jsonl.tmp");
  EXPECT_EQ(ThrownBy([&] { Write({"new"}); }).kind(), ErrorKind::kNoSpace);
  EXPECT_EQ(ContentOf(file_), "old\n");
  EXPECT_EQ(folder_.num_entries(), 1U);
}

}  // namespace
}  // namespace sezim
