// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/label_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sezim/base/emotion.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

TEST(LabelMap, TheShippedOnesAreAllReadable) {
  EXPECT_THAT(LabelMap::Names(),
              testing::ElementsAre("eight-to-six", "emodb7", "harvest7", "kemo", "kemo-calm-happy",
                                   "kemo-disgust-apart", "ravdess8", "shared6", "without-disgust-surprise"));
  for (const std::string& name : LabelMap::Names()) EXPECT_NO_THROW(LabelMap::Open(name)) << name;
}

TEST(LabelMap, KemoTakesDisgustForAngryAndCalmForNeutral) {
  const LabelMap map = LabelMap::Open("kemo");
  EXPECT_EQ(map.Map("disgust"), "angry");
  EXPECT_EQ(map.Map("calm"), "neutral");
  EXPECT_EQ(map.Map("sad"), "sad");
  EXPECT_EQ(map.Map("boredom"), std::nullopt);
  EXPECT_EQ(map.classes().size(), 6U);
  EXPECT_EQ(LabelMap::Open("kemo-calm-happy").Map("calm"), "happy");
  EXPECT_EQ(LabelMap::Open("kemo-disgust-apart").Map("disgust"), "disgust");
}

TEST(LabelMap, TheHarvestsSevenAreThoseOfOurEnumeration) {
  const LabelMap map = LabelMap::Open("harvest7");
  ASSERT_EQ(map.classes().size(), kNumEmotions);
  for (const Emotion emotion : kEmotions) {
    EXPECT_EQ(map.IndexOf(NameOf(emotion)), static_cast<std::size_t>(emotion));
  }
  EXPECT_THROW(map.IndexOf("calm"), ContractViolation);
}

TEST(LabelMap, LeavesOutWhatItDoesNotName) {
  const LabelMap shared = LabelMap::Open("shared6");
  for (const char* emotion : {"calm", "surprise", "boredom", ""}) EXPECT_EQ(shared.Map(emotion), std::nullopt);
  EXPECT_EQ(LabelMap::Open("without-disgust-surprise").classes().size(), 5U);
}

// What a map makes of each label, in the order asked.
std::vector<std::string> MappedBy(const std::string& name, const std::vector<std::string>& labels) {
  const LabelMap map = LabelMap::Open(name);
  std::vector<std::string> mapped;
  for (const std::string& label : labels) mapped.push_back(map.Map(label).value_or("-"));
  return mapped;
}

TEST(LabelMap, EightToSixTakesEachOfRavdessEightForOneOfSix) {
  EXPECT_THAT(MappedBy("eight-to-six", {"neutral", "calm", "happy", "sad", "angry", "fear", "disgust", "surprise"}),
              testing::ElementsAre("neutral", "neutral", "happy", "sad", "angry", "fear", "angry", "surprise"));
  EXPECT_THAT(LabelMap::Open("eight-to-six").classes(),
              testing::ElementsAre("angry", "fear", "happy", "neutral", "sad", "surprise"));
}

TEST(LabelMap, WithoutDisgustAndSurpriseFiveStayAsTheyAre) {
  EXPECT_THAT(MappedBy("without-disgust-surprise",
                       {"angry", "disgust", "fear", "happy", "neutral", "sad", "surprise", "calm", "boredom"}),
              testing::ElementsAre("angry", "-", "fear", "happy", "neutral", "sad", "-", "-", "-"));
  EXPECT_THAT(LabelMap::Open("without-disgust-surprise").classes(),
              testing::ElementsAre("angry", "fear", "happy", "neutral", "sad"));
}

TEST(LabelMap, OpensAFile) {
  const TemporaryFolder folder;
  const auto file = folder.Write("mine.toml", "summary = 'two'\nclasses = ['good', 'bad']\n[map]\nhappy = 'good'\n");
  const LabelMap map = LabelMap::Open(file.native());
  EXPECT_EQ(map.Map("happy"), "good");
  EXPECT_THAT(map.classes(), testing::ElementsAre("good", "bad"));
}

TEST(LabelMap, SaysWhatIsWrong) {
  EXPECT_THAT(ThrownBy([] { LabelMap::Open("kemoo"); }).remedy(), HasSubstr("kemo-calm-happy"));
  EXPECT_EQ(ThrownBy([] { LabelMap::Open("/none/x.toml"); }).kind(), ErrorKind::kNotFound);
  const auto what = [](const std::string& toml) {
    return std::string(ThrownBy([&] { LabelMap::Parse(toml, "x.toml"); }).what());
  };
  EXPECT_THAT(what("classes = "), HasSubstr("'x.toml': line 1"));
  EXPECT_THAT(what("classes = ['a', 'b']"), HasSubstr("'summary'"));
  EXPECT_THAT(what("summary = 'x'\nclasses = ['a']"), HasSubstr("2 to"));
  EXPECT_THAT(what("summary = 'x'\nclasses = ['a', 'a']"), HasSubstr("listed twice"));
  EXPECT_THAT(what("summary = 'x'\nclasses = ['a', 'B']"), HasSubstr("lower case"));
  EXPECT_THAT(what("summary = 'x'\nclasses = ['a', 'b']\n[map]\nc = 'd'"), HasSubstr("'c'"));
  EXPECT_THAT(what("summary = 'x'\nclasses = ['a', 'b']\n[map]\na = 'b'"), HasSubstr("'a' is a class itself"));
  EXPECT_THAT(what("summary = 'x'\nclasses = ['a', 'b']\nmaps = 1"), HasSubstr("'maps'"));
}

}  // namespace
}  // namespace sezim
