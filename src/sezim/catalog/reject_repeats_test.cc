// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/reject_repeats.h"

#include <gmock/gmock.h>

#include <random>

#include "support/temporary_folder.h"

namespace sezim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Fingerprint Sound(unsigned seed, double duration_s) {
  std::mt19937 random(seed);
  Fingerprint numbers(static_cast<std::size_t>(duration_s / kFingerprintStepS));
  for (std::uint32_t& number : numbers) number = static_cast<std::uint32_t>(random());
  return numbers;
}

Fingerprint Joined(Fingerprint a, const Fingerprint& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// Somebody who moves, another way for each seed.
PicturePrint Pictures(unsigned seed, double duration_s) {
  std::mt19937 random(seed);
  PicturePrint print;
  for (std::uint32_t step = 1; step * kPicturePrintStepS < duration_s; ++step) {
    PictureChange& change = print.emplace_back();
    change.step = step;
    for (std::int8_t& level : change.levels) level = static_cast<std::int8_t>(static_cast<int>(random() % 7) - 3);
  }
  return print;
}

class RejectRepeatsTest : public testing::Test {
 protected:
  // Each segment is four seconds long.
  void Add(const std::string& name, const Fingerprint& sound, const std::vector<int>& starts_s,
           const PicturePrint& pictures = {}) {
    std::vector<SegmentRecord> segments;
    for (const int start_s : starts_s) {
      const std::string id = name + "-" + std::to_string(start_s);
      segments.push_back({.id = id,
                          .source = name,
                          .source_id = name + std::string(16 - name.size(), 'x'),
                          .start_ms = start_s * 1000,
                          .end_ms = start_s * 1000 + 4000,
                          .num_frames = 20,
                          .audio = "audio/sad/" + id + ".flac"});
      folder_.Write(segments.back().audio, "sound");
    }
    catalog_.FinishSource({.locator = "/v/" + name, .name = name, .sha256 = name + std::string(64 - name.size(), 'x')},
                          segments, {}, {}, {.sound = sound, .pictures = pictures});
  }

  std::vector<std::string> Kept() const {
    std::vector<std::string> ids;
    catalog_.ForEachSegment([&](const SegmentRecord& segment) {
      ids.push_back(segment.id);
      EXPECT_TRUE(std::filesystem::exists(folder_ / segment.audio));
    });
    return ids;
  }

  TemporaryFolder folder_;
  Catalog catalog_{folder_ / "catalog.db"};
  CorpusFolder corpus_{folder_ / "."};
};

TEST_F(RejectRepeatsTest, OfARecordingThatIsThereTwiceTheFirstByNameIsKept) {
  Add("b", Joined(Sound(2, 10), Sound(1, 60)), {1, 15, 33, 50});
  Add("a", Sound(1, 60), {5, 23, 52});
  EXPECT_EQ(RejectRepeats(catalog_, corpus_, {}), 2);
  // b-1 lies in its own part; what b-50 says, nobody was kept to say in a.
  EXPECT_THAT(Kept(), ElementsAre("a-5", "a-23", "a-52", "b-1", "b-50"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "audio/sad/b-15.flac"));
  std::vector<std::string> lines;
  catalog_.ForEachRejection([&](const RejectionRecord& one) { lines.push_back(JsonLine(one)); });
  EXPECT_THAT(lines, ElementsAre(AllOf(HasSubstr(R"("start_s":15.0,"end_s":19.0,"reason":"repeated","frames":20)"),
                                       HasSubstr("heard at 5 s of 'a' before")),
                                 HasSubstr(R"("start_s":33.0)")));
  EXPECT_EQ(RejectRepeats(catalog_, corpus_, {}), 0);  // nothing is left to do
}

TEST_F(RejectRepeatsTest, WhatIsShownTwiceInOneSourceIsKeptOnce) {
  Add("a", Joined(Sound(1, 30), Joined(Sound(2, 20), Sound(1, 30))), {4, 14, 54, 64});
  EXPECT_EQ(RejectRepeats(catalog_, corpus_, {}), 2);
  EXPECT_THAT(Kept(), ElementsAre("a-4", "a-14"));
}

TEST_F(RejectRepeatsTest, OtherSoundsAreLeftAlone) {
  Add("a", Sound(1, 60), {5});
  Add("b", Sound(2, 60), {5});
  Add("c", {}, {5});
  Add("d", {}, {5});
  EXPECT_EQ(RejectRepeats(catalog_, corpus_, {}), 0);
  EXPECT_THAT(Kept(), testing::SizeIs(4));
}

TEST_F(RejectRepeatsTest, TheSamePicturesWithOtherSoundAreKeptOnce) {
  Add("a", Sound(1, 60), {5, 40}, Pictures(3, 60));
  Add("b", Sound(2, 60), {6, 20, 45}, Pictures(3, 60));
  Add("c", Sound(4, 60), {5, 40}, Pictures(5, 60));
  EXPECT_EQ(RejectRepeats(catalog_, corpus_, {}), 1);
  // What b says at 20 s, nobody was kept to say in a, and too little of b-45 was.
  EXPECT_THAT(Kept(), ElementsAre("a-5", "a-40", "b-20", "b-45", "c-5", "c-40"));
  std::vector<std::string> lines;
  catalog_.ForEachRejection([&](const RejectionRecord& one) { lines.push_back(JsonLine(one)); });
  EXPECT_THAT(lines, ElementsAre(AllOf(HasSubstr(R"("start_s":6.0,"end_s":10.0,"reason":"repeated-pictures")"),
                                       HasSubstr("seen at 6 s of 'a' before"))));
  EXPECT_EQ(RejectRepeats(catalog_, corpus_, {.min_s = 70}), 0);
}

TEST_F(RejectRepeatsTest, WhatIsHeardAndSeenAgainIsRepeated) {
  Add("a", Sound(1, 60), {5}, Pictures(3, 60));
  Add("b", Sound(1, 60), {5}, Pictures(3, 60));
  EXPECT_EQ(RejectRepeats(catalog_, corpus_, {}), 1);
  catalog_.ForEachRejection([](const RejectionRecord& one) { EXPECT_EQ(one.reason, "repeated"); });
}

}  // namespace
}  // namespace sezim
