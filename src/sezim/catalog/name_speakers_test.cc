// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/name_speakers.h"

#include <gmock/gmock.h>

#include <map>

#include "support/temporary_folder.h"

namespace sezim {
namespace {

using testing::ElementsAre;
using testing::Pair;

struct Turn {
  std::int64_t start_ms = 0;
  std::int64_t face_number = -1;
  std::vector<float> voice{};  // its first two numbers
  std::vector<float> face{};   // likewise
};

const std::vector<float> kAnna = {1, 0};
const std::vector<float> kBoris = {0, 1};
const std::vector<float> kLikeAnna = {0.99F, 0.14F};

class NameSpeakersTest : public testing::Test {
 protected:
  // Each turn is ten seconds long.
  void Add(const std::string& locator, const std::vector<Turn>& turns, const std::string& provenance = "") {
    const std::string name = std::filesystem::path(locator).filename();
    std::vector<SegmentRecord> segments;
    std::vector<SegmentExtras> extras;
    for (const Turn& turn : turns) {
      segments.push_back({.id = name + "-" + std::to_string(turn.start_ms),
                          .source = name,
                          .source_id = name,
                          .start_ms = turn.start_ms,
                          .end_ms = turn.start_ms + 10'000});
      extras.push_back({.voice_print = turn.voice, .face_number = turn.face_number, .face_print = turn.face});
    }
    catalog_.FinishSource({.locator = locator, .name = name, .sha256 = name, .provenance_json = provenance}, segments,
                          {}, extras);
  }

  std::vector<std::pair<std::string, std::string>> Speakers() const {
    std::vector<std::pair<std::string, std::string>> speakers;
    catalog_.ForEachSegment([&](const SegmentRecord& one) { speakers.emplace_back(one.id, one.speaker.value_or("")); });
    return speakers;
  }

  TemporaryFolder folder_;
  Catalog catalog_{folder_ / "catalog.db"};
};

TEST_F(NameSpeakersTest, ByTheVoiceAndByTheFaceThatStaysInSight) {
  Add("/v/a", {{10, 1, kAnna}, {20, 2, kBoris}, {30, 2, kAnna}, {40, 3, kBoris}, {50, -1, kLikeAnna}, {60, -1, {}}});
  NameSpeakers(catalog_, {.min_likeness = 0.9});
  // Face 2 sounds like Anna once and like Boris once: neither, and face 3 stays alone.
  EXPECT_THAT(Speakers(), ElementsAre(Pair("a-10", "a-10"), Pair("a-20", "a-20"), Pair("a-30", "a-20"),
                                      Pair("a-40", "a-40"), Pair("a-50", "a-10"), Pair("a-60", "")));
}

TEST_F(NameSpeakersTest, FacesTellVoicesApartThatAreAlike) {
  const std::vector<float> round = {1, 0.1F}, long_face = {0.1F, 1};
  Add("/v/a", {{10, 1, kAnna, round}, {20, 2, kAnna, long_face}, {30, 3, kLikeAnna, round}, {40, 3, kLikeAnna, round}});
  NameSpeakers(catalog_, {});
  EXPECT_THAT(Speakers(),
              ElementsAre(Pair("a-10", "a-10"), Pair("a-20", "a-20"), Pair("a-30", "a-10"), Pair("a-40", "a-10")));
  NameSpeakers(catalog_, {.face_weight = 0});
  EXPECT_THAT(Speakers(), testing::Each(Pair(testing::_, "a-10")));
}

TEST_F(NameSpeakersTest, AcrossTheSourcesOfOneFolderOrChannel) {
  const auto of_channel = [](const char* channel) {
    return std::string(R"({"kind":"video","url":"https://x.example/)") + channel + R"(","channel":")" + channel + "\"}";
  };
  Add("/v/b", {{10, 1, kAnna}});
  Add("/v/a", {{10, 1, kBoris}, {30, 2, kLikeAnna}});
  Add("/w/c", {{10, 1, kAnna}});
  Add("https://x.example/d", {{10, 1, kAnna}}, of_channel("one"));
  Add("https://x.example/e", {{10, 1, kAnna}}, of_channel("two"));
  Add("https://x.example/f", {{10, 1, kAnna}}, of_channel("one"));
  NameSpeakers(catalog_, {});
  EXPECT_THAT(Speakers(),
              ElementsAre(Pair("a-10", "a-10"), Pair("a-30", "a-30"), Pair("b-10", "a-30"), Pair("c-10", "c-10"),
                          Pair("d-10", "d-10"), Pair("e-10", "e-10"), Pair("f-10", "d-10")));
}

TEST_F(NameSpeakersTest, WhoGoesLeavesNoName) {
  Add("/v/a", {{10, 1, kAnna}, {30, 2, kBoris}});
  Add("/v/b", {{10, 1, kAnna}, {20, 2, kAnna}});
  NameSpeakers(catalog_, {});
  catalog_.DropSources({{.locator = "/v/a"}});
  RenameSpeakers(catalog_);
  EXPECT_THAT(Speakers(), ElementsAre(Pair("b-10", "b-10"), Pair("b-20", "b-10")));
}

}  // namespace
}  // namespace sezim
