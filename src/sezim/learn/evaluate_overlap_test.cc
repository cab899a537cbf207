// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/evaluate_overlap.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "sezim/base/error.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::Each;

const std::vector<std::int16_t> kFours(100, 400), kOnes(30, 100);

TEST(MixVoices, TheSecondIsAsFarBelowTheFirstAsAsked) {
  const auto mixed = MixVoices(kFours, kOnes, 20 * std::log10(2), 50, 20);
  for (std::size_t i = 0; i < mixed.size(); ++i) EXPECT_EQ(mixed[i], i >= 50 && i < 70 ? 600 : 400) << i;
}

TEST(MixVoices, NothingClips) {
  const auto mixed = MixVoices(std::vector<std::int16_t>(100, 30'000), kOnes, 0, 0, 50);
  EXPECT_EQ(mixed.front(), 32'767);
  EXPECT_EQ(mixed.back(), 16'384);
}

TEST(LogOddsMixed, EachVoiceIsMixedWithAnother) {
  std::vector<OneVoice> voices;
  for (std::size_t person = 0; person < 5; ++person) voices.push_back({person % 3, kFours});
  const auto loudest = [](const std::vector<std::int16_t>& samples) {
    return static_cast<double>(*std::max_element(samples.begin(), samples.end()));
  };
  EXPECT_THAT(LogOddsAlone(voices, loudest, 2), Each(400));
  EXPECT_THAT(LogOddsMixed(voices, {.least_db = 0, .most_db = 0}, 1, loudest, 2), Each(800));
  const auto near = LogOddsMixed(voices, {.share = 0.5, .least_db = 0, .most_db = 6}, 1, loudest, 2);
  EXPECT_THAT(near, Each(testing::AllOf(testing::Gt(599), testing::Lt(801))));
  EXPECT_EQ(LogOddsMixed(voices, {.share = 0.5, .least_db = 0, .most_db = 6}, 1, loudest, 1), near);
  const auto sum = [](const std::vector<std::int16_t>& samples) {
    return static_cast<double>(std::count(samples.begin(), samples.end(), 800));
  };
  EXPECT_THAT(LogOddsMixed(voices, {.share = 0.5, .least_db = 0, .most_db = 0}, 1, sum, 2), Each(50));
}

TEST(LogOddsMixed, OnePersonCannotBeMixed) {
  const auto none = [](const std::vector<std::int16_t>&) { return 0.0; };
  EXPECT_EQ(ThrownBy([&] { LogOddsMixed({{0, kFours}, {0, kOnes}}, {}, 1, none, 1); }).kind(), ErrorKind::kBadInput);
  EXPECT_EQ(ThrownBy([&] { LogOddsMixed({}, {}, 1, none, 1); }).kind(), ErrorKind::kBadInput);
}

}  // namespace
}  // namespace sezim
