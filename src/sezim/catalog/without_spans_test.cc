// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/without_spans.h"

#include <gmock/gmock.h>

#include <bit>

namespace sezim {
namespace {

using testing::ElementsAre;

constexpr std::array<SpanMs, 2> kSpans{{{1000, 3000}, {9000, 9500}}};

TEST(WithoutSpans, CutsWhatIsHeardAndSeenThere) {
  const SourceTimeline timeline{.speech = {{0, 1500}, {2000, 2500}, {2900, 3500}, {8000, 11000}}, .faces = {{0, 900}}};
  const SourceTimeline left = WithoutSpans(timeline, kSpans);
  EXPECT_THAT(left.speech, ElementsAre(SpanMs{0, 1000}, SpanMs{3000, 3500}, SpanMs{8000, 9000}, SpanMs{9500, 11000}));
  EXPECT_EQ(left.faces, timeline.faces);
  EXPECT_EQ(WithoutSpans(left, kSpans), left);
}

TEST(WithoutSpans, LeavesNothingOfThePictures) {
  SourcePrints prints;
  for (std::uint32_t step = 0; step < 100; ++step) prints.pictures.push_back({.step = step});
  const SourcePrints left = WithoutSpans(prints, kSpans, "ab");
  for (const PictureChange& change : left.pictures) {
    EXPECT_TRUE(change.step < 5 || (change.step > 15 && change.step < 45) || change.step > 48) << change.step;
  }
  EXPECT_EQ(left.pictures.size(), 100U - 11 - 4);
}

TEST(WithoutSpans, PutsNoiseThatResemblesNothingInPlaceOfTheSound) {
  const SourcePrints prints{.sound = Fingerprint(400, 0x12345678)};
  const SourcePrints left = WithoutSpans(prints, kSpans, "ab");
  ASSERT_EQ(left.sound.size(), 400U);
  int num_differing = 0, num_bits = 0;
  for (std::size_t i = 0; i < 400; ++i) {
    const double from_s = static_cast<double>(i) * kFingerprintStepS;
    const bool is_heard_there = (from_s < 3 && from_s > 1 - 2.6) || (from_s < 9.5 && from_s > 9 - 2.6);
    EXPECT_EQ(left.sound[i] != prints.sound[i], is_heard_there) << from_s;
    if (!is_heard_there) continue;
    ++num_differing;
    num_bits += std::popcount(left.sound[i] ^ prints.sound[i]);
  }
  EXPECT_NEAR(num_bits / 32.0 / num_differing, 0.5, 0.1);
  EXPECT_EQ(WithoutSpans(left, kSpans, "ab").sound, left.sound);  // the same again, whatever was there
  EXPECT_NE(WithoutSpans(left, kSpans, "cd").sound, left.sound);
}

}  // namespace
}  // namespace sezim
