// SPDX-License-Identifier: Apache-2.0
// Each reader on a made-up folder laid out as the real corpus is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sezim/corpus/read_corpus.h"
#include "sezim/corpus/segment_record.h"
#include "sezim/corpus/split_record.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// "id emotion speaker language" of each clip, '-' for what is not known.
std::vector<std::string> Told(const ClipCorpus& corpus) {
  std::vector<std::string> lines;
  for (const Clip& clip : corpus.clips) {
    lines.push_back(clip.id + " " + clip.emotion + " " + clip.speaker + " " + clip.language.value_or("-") + " " +
                    clip.sex.value_or("-"));
    EXPECT_EQ(clip.corpus, corpus.name);
  }
  return lines;
}

// A folder with these files, and one that no reader knows.
ClipCorpus Read(const char* reader, const std::vector<std::string>& files, std::size_t num_problems = 1) {
  const TemporaryFolder folder;
  for (const std::string& file : files) folder.Write(file, "");
  folder.Write("something else.wav", "");
  const ClipCorpus corpus = ReadCorpus(reader, folder.path());
  EXPECT_EQ(corpus.problems.size(), num_problems) << testing::PrintToString(corpus.problems);
  return corpus;
}

TEST(SmallCorpora, SaveeByFoldersOrByNames) {
  EXPECT_THAT(Told(Read("savee", {"AudioData/DC/a01.wav", "KL_su15.wav", "JE/sa02.wav", "XX/a01.wav"}, 2)),
              ElementsAre("DC_a01 angry DC en male", "JE_sa02 sad JE en male", "KL_su15 surprise KL en male"));
}

TEST(SmallCorpora, Emovo) {
  EXPECT_THAT(Told(Read("emovo", {"f1/dis-f1-b1.wav", "m3/gio-m3-n5.wav", "m3/gio-m4-n5.wav"}, 2)),
              ElementsAre("dis-f1-b1 disgust f1 it female", "gio-m3-n5 happy m3 it male"));
}

TEST(SmallCorpora, RmlFromItsVideos) {
  EXPECT_THAT(Told(Read("rml", {"s1/an1.avi", "s8/su12.AVI", "s9/an1.avi", "an1.avi"}, 3)),
              ElementsAre("s1_an1 angry s1 - -", "s8_su12 surprise s8 - -"));
}

TEST(SmallCorpora, ElraByTwoFoldersInAnyOrder) {
  EXPECT_THAT(
      Told(Read("elra-s0329", {"Female/Anger/001.wav", "joy/m/001.wav", "Hombre/miedo/2.wav", "Female/3.wav"}, 2)),
      ElementsAre("female/angry/001 angry female es female", "male/fear/2 fear male es male",
                  "male/happy/001 happy male es male"));
}

TEST(SmallCorpora, CremaD) {
  const ClipCorpus corpus =
      Read("crema-d", {"AudioWAV/1001_DFA_ANG_XX.wav", "1040_ITH_SAD_X.wav", "1001_ABC_ANG_XX.wav"}, 2);
  EXPECT_THAT(Told(corpus), ElementsAre("1001_DFA_ANG_XX angry 1001 en -", "1040_ITH_SAD_X sad 1040 en -"));
  EXPECT_EQ(corpus.clips[0].text, "Don't forget a jacket");
}

TEST(SmallCorpora, Tess) {
  const ClipCorpus corpus = Read("tess", {"OAF_angry/OAF_back_angry.wav", "YAF_gun_ps.wav", "OA_bite_neutral.wav"});
  EXPECT_THAT(Told(corpus), ElementsAre("OAF_back_angry angry OAF en female", "OAF_bite_neutral neutral OAF en female",
                                        "YAF_gun_ps surprise YAF en female"));
  EXPECT_EQ(corpus.clips[2].text, "Say the word gun");
}

TEST(SmallCorpora, Shemo) {
  EXPECT_THAT(Told(Read("shemo", {"female/F01A01.wav", "male/M31W02.wav", "male/M31X02.wav"}, 2)),
              ElementsAre("F01A01 angry F01 fa female", "M31W02 surprise M31 fa male"));
}

TEST(SmallCorpora, KazEmoTtsWithWhatIsSaid) {
  const TemporaryFolder folder;
  folder.Write("1263201035/train/0001_neutral_a.wav", "");
  folder.Write("1263201035/train/0001_neutral_a.txt", "Сәлем, әлем!\n");
  folder.Write("399172782/eval/b_scared.wav", "");
  folder.Write("12345/eval/b_scared.wav", "");
  folder.Write("399172782/eval/b_cross.wav", "");
  const ClipCorpus corpus = ReadCorpus("kazemotts", folder.path());
  EXPECT_THAT(Told(corpus), ElementsAre("1263201035/0001_neutral_a neutral 1263201035 kk -",
                                        "399172782/b_scared fear 399172782 kk -"));
  EXPECT_EQ(corpus.clips[0].text, "Сәлем, әлем!");
  EXPECT_EQ(corpus.clips[1].text, std::nullopt);
  EXPECT_EQ(corpus.problems.size(), 2U);
}

TEST(SmallCorpora, JsonlSaysWhatEachFileIs) {
  const TemporaryFolder folder;
  folder.Write("1.wav", "");
  folder.Write("2.wav", "");
  folder.Write(
      "list.jsonl",
      "{\"audio\": \"1.wav\", \"emotion\": \"Joy\", \"speaker\": 7, \"language\": \"kk\", \"sex\": \"female\"}\n"
      "\n[1]\n{\"audio\"\n{\"audio\": \"2.wav\", \"emotion\": \"boredom\", \"id\": \"two\"}\n" +
          std::string(70'000, ' ') + "x");
  const ClipCorpus corpus = ReadCorpus("jsonl", folder.path());
  EXPECT_THAT(Told(corpus), ElementsAre("1.wav happy 7 kk female", "two boredom  - -"));
  EXPECT_THAT(corpus.problems, ElementsAre("list.jsonl, line 3: not a JSON object", HasSubstr("line 4"),
                                           HasSubstr("line 6: more than 65536 bytes")));
}

TEST(SmallCorpora, OurOwnWithItsSplit) {
  const TemporaryFolder folder;
  SegmentRecord one{.id = "aa-1",
                    .source = "v.mp4",
                    .source_id = "aa",
                    .end_ms = 1000,
                    .emotion = Emotion::kSad,
                    .agreement = 1,
                    .speaker = "aa-1",
                    .language = "kk",
                    .audio = "audio/sad/aa-1.flac"};
  SegmentRecord two = one;
  two.id = "bb-2";
  two.source_id = "bb";
  two.speaker.reset();
  two.audio = "audio/sad/bb-2.flac";
  SegmentRecord gone = one;
  gone.id = "cc-3";
  gone.audio = "audio/sad/cc-3.flac";
  folder.Write("segments.jsonl", JsonLine(one) + "\n" + JsonLine(two) + "\n" + JsonLine(gone) + "\n");
  folder.Write(one.audio, "");
  folder.Write(two.audio, "");
  folder.Write("split.json",
               ToJson({.shares = {0.5, 0, 0.5}, .parts = {{"aa-1", Part::kTrain}, {"bb-2", Part::kTest}}}));
  const ClipCorpus corpus = ReadCorpus("sezim", folder.path());
  EXPECT_THAT(Told(corpus), ElementsAre("aa-1 sad aa-1 kk -", "bb-2 sad source bb kk -"));
  EXPECT_EQ(corpus.clips[0].part, "train");
  EXPECT_EQ(corpus.clips[1].part, "test");
  EXPECT_FALSE(corpus.split_at_random);
  EXPECT_THAT(corpus.problems, ElementsAre("cc-3: its sound file is missing"));
  folder.Write("split.json", ToJson({.by = SplitBy::kRandom, .shares = {0.5, 0, 0.5}, .parts = {}}));
  EXPECT_TRUE(ReadCorpus("sezim", folder.path()).split_at_random);
  folder.Write("segments.jsonl", "{}");
  EXPECT_EQ(ThrownBy([&] { ReadCorpus("sezim", folder.path()); }).kind(), ErrorKind::kBadInput);
}

}  // namespace
}  // namespace sezim
