// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/evaluate_speech.h"

#include <gmock/gmock.h>

#include "sezim/base/error.h"
#include "support/clips.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

TEST(SpeechTruth, ReadsStretches) {
  const std::vector<SpeechTruth> truth = ParseSpeechTruth("a b,0,0.5,0,0.5,2.25,1,2.25,3,0\r\n", "x");
  ASSERT_EQ(truth.size(), 3U);
  EXPECT_EQ(truth[0].span, (SpeechSpan{0, 0.5}));
  EXPECT_FALSE(truth[0].is_speech);
  EXPECT_EQ(truth[1].span, (SpeechSpan{0.5, 2.25}));
  EXPECT_TRUE(truth[1].is_speech);
  EXPECT_EQ(ParseSpeechTruth("a,0,1,1,", "x").size(), 1U);  // a comma at the end
}

TEST(SpeechTruth, NamesTheFieldThatIsNotAsItShouldBe) {
  const auto refusal = [](const std::string& text) {
    const Error error = ThrownBy([&] { ParseSpeechTruth(text, "clip.scv"); });
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << text;
    EXPECT_THAT(error.what(), HasSubstr("'clip.scv'"));
    EXPECT_FALSE(error.remedy().empty());
    return std::string(error.what());
  };
  for (const char* text : {"", "a", "a,0,1", "a,0,1,1,2", "a,0,1,1,2,3", ",,,"}) refusal(text);
  EXPECT_THAT(refusal("a,0,1,0,x,2,1"), HasSubstr("field 4"));
  EXPECT_THAT(refusal("a,0,1,0,1,2s,1"), HasSubstr("field 4"));
  for (const char* text : {"a,-1,1,1", "a,2,1,1", "a,0,1,2", "a,0,1,0.5", "a,nan,1,1", "a,0,nan,1", "a, 0,1,1",
                           "a,5,6,1,4,7,0", "a,0,1,1\nb,0,1,1"}) {
    refusal(text);
  }
}

TEST(EvaluateSpeech, ComparesTheFramesThatTheTruthCovers) {
  const TemporaryFolder folder;
  MakeWav(folder, "a.wav", Tone(200, 3));
  folder.Write("a.scv", "a,0,1,0,1,2.5,1\n");
  folder.Write("notes.txt", "not looked at");
  const auto network = std::make_shared<OnnxSession>(ModelStore().Load("silero-vad-sequence"));
  const SpeechEvaluation result = EvaluateSpeech(folder.path(), network, 2);  // a threshold that nothing reaches
  EXPECT_EQ(result.num_files, 1);
  EXPECT_EQ(result.num_frames, 78);         // those whose middle lies below 2.5 s
  EXPECT_EQ(result.num_speech_frames, 47);  // and at or above 1 s
  EXPECT_DOUBLE_EQ(result.accuracy, 31.0 / 78);
  EXPECT_EQ(result.frames.recall, 0);
  EXPECT_GE(result.roc_auc, 0);
  EXPECT_LE(result.roc_auc, 1);
}

TEST(EvaluateSpeech, SaysWhatIsMissing) {
  const TemporaryFolder folder;
  EXPECT_EQ(ThrownBy([&] { EvaluateSpeech(folder.path(), nullptr, 0.5); }).kind(), ErrorKind::kNotFound);
  EXPECT_EQ(ThrownBy([&] { EvaluateSpeech(folder / "none", nullptr, 0.5); }).kind(), ErrorKind::kNotFound);
  folder.Write("a.scv", "a,0,1,0");
  EXPECT_EQ(ThrownBy([&] { EvaluateSpeech(folder.path(), nullptr, 0.5); }).kind(),
            ErrorKind::kNotFound);  // no a.wav
}

}  // namespace
}  // namespace sezim
