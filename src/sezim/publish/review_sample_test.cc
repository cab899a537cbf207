// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/review_sample.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace sezim {
namespace {

using Segments = std::vector<std::pair<std::string, Emotion>>;

Segments Made(std::size_t count, std::mt19937& random) {
  Segments segments;
  for (std::size_t i = 0; i < count; ++i) {
    segments.emplace_back("id-" + std::to_string(i), kEmotions[std::min<std::size_t>(random() % 12, 6)]);
  }
  return segments;
}

std::set<std::string> Ids(const Segments& segments, const std::vector<std::size_t>& sample) {
  std::set<std::string> ids;
  for (const std::size_t index : sample) ids.insert(segments[index].first);
  return ids;
}

TEST(StratifiedSample, TakesAsManyOfEachEmotionAsAskedForOrAll) {
  std::mt19937 random(2);
  const Segments segments = Made(200, random);
  std::map<Emotion, std::size_t> there;
  for (const auto& [id, emotion] : segments) ++there[emotion];
  for (const std::size_t per_emotion : {0U, 1U, 10U, 1000U}) {
    std::map<Emotion, std::size_t> taken;
    const std::vector<std::size_t> sample = StratifiedSample(segments, per_emotion, 1);
    for (const std::size_t index : sample) ++taken[segments[index].second];
    EXPECT_EQ(Ids(segments, sample).size(), sample.size());  // each once
    for (const auto& [emotion, count] : there) EXPECT_EQ(taken[emotion], std::min(count, per_emotion));
  }
}

TEST(StratifiedSample, IsTheSameWhateverTheOrderAndAnotherForAnotherSeed) {
  std::mt19937 random(4);
  Segments segments = Made(300, random);
  const std::set<std::string> wanted = Ids(segments, StratifiedSample(segments, 5, 7));
  EXPECT_NE(Ids(segments, StratifiedSample(segments, 5, 8)), wanted);
  std::shuffle(segments.begin(), segments.end(), random);
  EXPECT_EQ(Ids(segments, StratifiedSample(segments, 5, 7)), wanted);
}

TEST(StratifiedSample, ASmallerOneIsAPartOfALargerOne) {
  std::mt19937 random(6);
  const Segments segments = Made(300, random);
  const std::set<std::string> small = Ids(segments, StratifiedSample(segments, 3, 1));
  const std::set<std::string> large = Ids(segments, StratifiedSample(segments, 9, 1));
  EXPECT_TRUE(std::includes(large.begin(), large.end(), small.begin(), small.end()));
}

TEST(StratifiedSample, ItsOrderDoesNotTellTheEmotion) {
  std::mt19937 random(9);
  const Segments segments = Made(2000, random);
  const std::vector<std::size_t> sample = StratifiedSample(segments, 50, 1);
  std::set<Emotion> first;
  for (std::size_t i = 0; i < 40; ++i) first.insert(segments[sample[i]].second);
  EXPECT_GE(first.size(), 5U);
}

TEST(LabelFingerprint, TellsOtherSegmentsAndOtherLabelsButNotAnotherOrder) {
  const auto of = [](const Segments& segments) {
    LabelFingerprint fingerprint;
    for (const auto& [id, emotion] : segments) fingerprint.Add(id, emotion);
    return fingerprint.HexDigest();
  };
  const std::string one = of({{"a", Emotion::kSad}, {"b", Emotion::kHappy}});
  EXPECT_EQ(of({{"b", Emotion::kHappy}, {"a", Emotion::kSad}}), one);
  EXPECT_NE(of({{"a", Emotion::kSad}, {"b", Emotion::kSad}}), one);
  EXPECT_NE(of({{"a", Emotion::kSad}}), one);
  EXPECT_NE(of({{"a", Emotion::kSad}, {"c", Emotion::kHappy}}), one);
  EXPECT_EQ(one.size(), 64U);
}

}  // namespace
}  // namespace sezim
