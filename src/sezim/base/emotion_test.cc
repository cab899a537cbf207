// SPDX-License-Identifier: Apache-2.0
#include "sezim/base/emotion.h"

#include <gmock/gmock.h>

#include <limits>

namespace sezim {
namespace {

TEST(Emotion, NamesAreTheContracts) {
  std::vector<std::string_view> names;
  for (const Emotion emotion : kEmotions) names.push_back(NameOf(emotion));
  EXPECT_THAT(names, testing::ElementsAre("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"));
  for (const Emotion emotion : kEmotions) EXPECT_EQ(EmotionFromName(NameOf(emotion)), emotion);
  for (const char* other : {"", "Angry", "happy ", "calm", "ang"}) EXPECT_EQ(EmotionFromName(other), std::nullopt);
}

TEST(Emotion, EachHasItsOwnScore) {
  EmotionScores scores{};
  float next = 1;
  for (const Emotion emotion : kEmotions) ScoreOf(scores, emotion) = next++;
  EXPECT_THAT(scores, testing::ElementsAre(1, 2, 3, 4, 5, 6, 7));
}

TEST(Emotion, TheStrongestIsTheFirstOfTheHighest) {
  EXPECT_EQ(Strongest({0.1F, 0.2F, 0.3F, 0.05F, 0.05F, 0.2F, 0.1F}), Emotion::kFear);
  EXPECT_EQ(Strongest({0, 0, 0, 0.4F, 0, 0.4F, 0.2F}), Emotion::kHappy);
  EXPECT_EQ(Strongest({}), Emotion::kAngry);
  EXPECT_EQ(Strongest({0, 0, 0, 0, 0, 0, 1}), Emotion::kSurprise);
}

}  // namespace
}  // namespace sezim
