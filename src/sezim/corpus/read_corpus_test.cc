// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/read_corpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>

#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

// A folder of the real corpora that a developer may have: $SEZIM_SHARED_DATA, or shared/data beside the project.
fs::path SharedData(const std::string& name) {
  const char* given = std::getenv("SEZIM_SHARED_DATA");
  return (given ? fs::path(given) : fs::path(SEZIM_SOURCE_FOLDER).parent_path() / "shared" / "data") / name;
}

std::map<std::string, int> CountEmotions(const ClipCorpus& corpus) {
  std::map<std::string, int> counts;
  for (const Clip& clip : corpus.clips) ++counts[clip.emotion];
  return counts;
}

std::size_t NumSpeakers(const ClipCorpus& corpus) {
  std::set<std::string> speakers;
  for (const Clip& clip : corpus.clips) speakers.insert(clip.speaker);
  return speakers.size();
}

TEST(ReadCorpus, RavdessAsItIs) {
  const fs::path folder = SharedData("ravdess");
  if (!fs::exists(folder)) GTEST_SKIP() << "RAVDESS is not in " << folder;
  const ClipCorpus corpus = ReadCorpus("ravdess", folder);
  EXPECT_EQ(corpus.clips.size(), 1440U);
  EXPECT_EQ(NumSpeakers(corpus), 24U);
  const std::map<std::string, int> expected = {{"angry", 192}, {"calm", 192},   {"disgust", 192}, {"fear", 192},
                                               {"happy", 192}, {"neutral", 96}, {"sad", 192},     {"surprise", 192}};
  EXPECT_EQ(CountEmotions(corpus), expected);
  EXPECT_THAT(corpus.problems, testing::IsEmpty());
}

TEST(ReadCorpus, EmoDbAsItIs) {
  const fs::path folder = SharedData("emodb");
  if (!fs::exists(folder)) GTEST_SKIP() << "EMO-DB is not in " << folder;
  const ClipCorpus corpus = ReadCorpus("emodb", folder);
  EXPECT_EQ(corpus.clips.size(), 535U);
  EXPECT_EQ(NumSpeakers(corpus), 10U);
  const std::map<std::string, int> expected = {{"angry", 127}, {"boredom", 81}, {"disgust", 46}, {"fear", 69},
                                               {"happy", 71},  {"neutral", 79}, {"sad", 62}};
  EXPECT_EQ(CountEmotions(corpus), expected);
  EXPECT_THAT(corpus.problems, testing::IsEmpty());
}

TEST(ReadCorpus, RavdessNamesTellEverything) {
  const TemporaryFolder folder;
  folder.Write("Actor_12/03-01-06-01-02-01-12.wav", "");
  folder.Write("Actor_01/03-01-01-01-01-01-01.FLAC", "");
  folder.Write("Actor_01/03-02-03-01-01-01-01.wav", "");  // a song
  folder.Write("Actor_01/01-01-03-01-01-01-01.mp4", "");  // with its picture
  folder.Write("Actor_01/03-01-09-01-01-01-01.wav", "");  // no such emotion
  folder.Write("Actor_01/.hidden.wav", "");
  folder.Write("README.txt", "");
  folder.Write("copy/Actor_01/03-01-01-01-01-01-01.wav", "");
  const ClipCorpus corpus = ReadCorpus("ravdess", folder.path());
  ASSERT_EQ(corpus.clips.size(), 2U);
  EXPECT_EQ(corpus.name, "ravdess");
  EXPECT_EQ(corpus.licence, "CC BY-NC-SA 4.0");
  const Clip& fear = corpus.clips[1];
  EXPECT_EQ(fear.id, "03-01-06-01-02-01-12");
  EXPECT_EQ(fear.emotion, "fear");
  EXPECT_EQ(fear.speaker, "12");
  EXPECT_EQ(fear.sex, "female");
  EXPECT_EQ(fear.language, "en");
  EXPECT_EQ(fear.text, "Dogs are sitting by the door");
  EXPECT_EQ(fear.audio, folder / "Actor_12/03-01-06-01-02-01-12.wav");
  EXPECT_EQ(corpus.clips[0].sex, "male");
  EXPECT_THAT(corpus.problems, ElementsAre(HasSubstr("03-01-09-01-01-01-01.wav"), HasSubstr("again, left out")));
}

TEST(ReadCorpus, EmoDbInAFolderWavOrFlat) {
  const TemporaryFolder folder;
  folder.Write("wav/08a02Na.wav", "");
  folder.Write("03b10Lc.flac", "");
  folder.Write("03c10Lc.flac", "");
  const ClipCorpus corpus = ReadCorpus("emodb", folder.path());
  ASSERT_EQ(corpus.clips.size(), 2U);
  EXPECT_EQ(corpus.clips[0].emotion, "boredom");
  EXPECT_EQ(corpus.clips[0].sex, "male");
  EXPECT_EQ(corpus.clips[1].text, "Das will sie am Mittwoch abgeben.");
  EXPECT_EQ(corpus.clips[1].language, "de");
  EXPECT_THAT(corpus.problems, ElementsAre(HasSubstr("03c10Lc.flac")));
}

TEST(ReadCorpus, AFolderThatIsSomethingElseShowsWhatWasExpected) {
  const TemporaryFolder folder;
  folder.Write("a/song.mp3", "");
  for (const ReaderInfo& info : KnownReaders()) {
    const Error error = ThrownBy([&] { ReadCorpus(info.name, folder.path()); });
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << info.name;
    EXPECT_THAT(error.remedy(), HasSubstr(std::string(info.layout))) << info.name;
  }
  const Error error = ThrownBy([&] { ReadCorpus("emodb", folder.path()); });
  EXPECT_THAT(error.what(), HasSubstr("song.mp3"));
  EXPECT_THAT(error.remedy(), HasSubstr("SSTTTEv.wav"));
  EXPECT_EQ(ThrownBy([&] { ReadCorpus("emodb", folder / "none"); }).kind(), ErrorKind::kNotFound);
  EXPECT_EQ(ThrownBy([&] { ReadCorpus("emodb", folder / "a/song.mp3"); }).kind(), ErrorKind::kBadInput);
  EXPECT_THAT(ThrownBy([&] { ReadCorpus("iemocap", folder.path()); }).remedy(), HasSubstr("ravdess"));
}

TEST(ReadCorpus, LinksThatLeaveTheFolderAreNotFollowed) {
  const TemporaryFolder folder;
  const TemporaryFolder outside;
  folder.Write("03a01Fa.wav", "");
  outside.Write("03a01Wa.wav", "");
  fs::create_symlink(outside / "03a01Wa.wav", folder / "03a01Wa.wav");
  fs::create_symlink(folder / "nothing", folder / "03a02Fc.wav");
  fs::create_symlink(folder / "03a01Fa.wav", folder / "03a01Nc.wav");  // stays within
  fs::create_directory_symlink(outside.path(), folder / "more");
  const ClipCorpus corpus = ReadCorpus("emodb", folder.path());
  EXPECT_EQ(corpus.clips.size(), 2U);
  EXPECT_THAT(corpus.problems,
              testing::UnorderedElementsAre(HasSubstr("03a01Wa.wav: a link"), HasSubstr("03a02Fc.wav: a link"),
                                            HasSubstr("more: a link to a folder")));
}

TEST(ReadCorpus, OddNamesAreShownAsUtf8) {
  const TemporaryFolder folder;
  folder.Write("03a01Fa.wav", "");
  folder.Write("caf\xE9\n.wav", "");
  const ClipCorpus corpus = ReadCorpus("emodb", folder.path());
  ASSERT_EQ(corpus.problems.size(), 1U);
  EXPECT_THAT(corpus.problems[0], HasSubstr("caf%E9%0A.wav"));
}

TEST(ReadCorpus, ACsvSaysWhatEachFileIs) {
  const TemporaryFolder folder;
  folder.Write("a/1.wav", "");
  folder.Write("2.wav", "");
  folder.Write("list.csv",
               "Audio;emotion;speaker;text;split;age\r\n"
               "a/1.wav;Anger;ann;\"she said \"\"no\"\"; twice\";train;33\r\n"
               "\r\n"
               "2.wav; happy ;;;;\r\n"
               "2.wav;happy;;;;\r\n"
               "3.wav;sad;;;;\r\n"
               "../x.wav;sad;;;;\r\n"
               "2.wav;;;;;\r\n"
               "2.wav;sad\r\n"
               "a/1.wav;sad;;;exam;\r\n");
  for (const fs::path& given : {folder.path(), folder / "list.csv"}) {
    const ClipCorpus corpus = ReadCorpus("csv", given);
    ASSERT_EQ(corpus.clips.size(), 2U);
    const Clip& second = corpus.clips[1];
    EXPECT_EQ(second.id, "a/1.wav");
    EXPECT_EQ(second.emotion, "angry");
    EXPECT_EQ(second.speaker, "ann");
    EXPECT_EQ(second.text, "she said \"no\"; twice");
    EXPECT_EQ(second.part, "train");
    EXPECT_EQ(corpus.clips[0].emotion, "happy");
    EXPECT_EQ(corpus.clips[0].speaker, "");
    EXPECT_EQ(corpus.clips[0].text, std::nullopt);
    EXPECT_THAT(
        corpus.problems,
        ElementsAre("list.csv, line 5: the clip '2.wav' again, left out", "list.csv, line 6: there is no file '3.wav'",
                    HasSubstr("line 7: there is no file"), "list.csv, line 8: 'emotion' is empty",
                    HasSubstr("line 9: 2 cells"), HasSubstr("line 10: 'split' is 'exam'")));
  }
}

TEST(ReadCorpus, ACsvReachesNoFileOutsideItsFolder) {
  const TemporaryFolder folder;
  const TemporaryFolder outside;
  outside.Write("x.wav", "");
  folder.Write("1.wav", "");
  folder.Write("list.csv", "audio,emotion\n1.wav,sad\n" + (outside / "x.wav").native() + ",sad\n");
  const ClipCorpus corpus = ReadCorpus("csv", folder.path());
  EXPECT_EQ(corpus.clips.size(), 1U);
  EXPECT_THAT(corpus.problems, ElementsAre(HasSubstr("lies outside the list's folder")));
}

TEST(ReadCorpus, AListThatIsNoneSaysWhatItLacks) {
  const TemporaryFolder folder;
  folder.Write("list.csv", "file,label\n1.wav,sad\n");
  EXPECT_THAT(ThrownBy([&] { ReadCorpus("csv", folder.path()); }).what(), HasSubstr("'audio' and 'emotion'"));
  folder.Write("other.csv", "");
  EXPECT_THAT(ThrownBy([&] { ReadCorpus("csv", folder.path()); }).what(), HasSubstr("2 .csv files"));
}

TEST(ReadCorpus, MergedCorporaKeepTheirPeopleApart) {
  const TemporaryFolder folder;
  folder.Write("r/03-01-06-01-02-01-12.wav", "");
  folder.Write("e/12a01Fa.wav", "");
  folder.Write("e/odd.wav", "");
  folder.Write("e2/12a01Fa.wav", "");
  const std::vector<std::string> parts = {"ravdess:" + (folder / "r").native(), "emodb:" + (folder / "e").native(),
                                          "emodb:" + (folder / "e2").native()};
  const ClipCorpus corpus = ReadMergedCorpora(parts);
  ASSERT_EQ(corpus.clips.size(), 3U);
  EXPECT_EQ(NumSpeakers(corpus), 3U);
  EXPECT_EQ(corpus.clips[0].id, "emodb-2/12a01Fa");
  EXPECT_EQ(corpus.clips[1].speaker, "emodb/12");
  EXPECT_EQ(corpus.clips[2].speaker, "ravdess/12");
  EXPECT_EQ(corpus.licence, "CC BY-NC-SA 4.0; CC0 1.0");
  EXPECT_THAT(corpus.problems, ElementsAre(HasSubstr("emodb/odd.wav")));
  EXPECT_EQ(ThrownBy([] { ReadMergedCorpora(std::vector<std::string>{"ravdess"}); }).kind(), ErrorKind::kUsage);
  EXPECT_EQ(ThrownBy([] { ReadMergedCorpora({}); }).kind(), ErrorKind::kUsage);
}

}  // namespace
}  // namespace sezim
