// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/corpus_split.h"

#include <gmock/gmock.h>

#include "sezim/base/error.h"
#include "sezim/catalog/catalog.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

class CorpusSplitTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_.Write("corpus.toml", "");
    for (const char digit : {'1', '2', '3'}) Add(digit);
  }

  void Add(char digit) {
    const std::string id(16, digit);
    std::vector<SegmentRecord> segments;
    for (int n = 0; n < 4; ++n) {
      segments.push_back({.id = id + "-" + std::to_string(n), .source = id, .source_id = id, .end_ms = 900});
    }
    Catalog(corpus_.catalog())
        .FinishSource({.locator = id, .name = id, .sha256 = std::string(64, digit), .state = SourceState::kDone},
                      segments, {});
  }

  void RequireFitsNow() {
    std::vector<SplitItem> items;
    Catalog(corpus_.catalog()).ForEachSegment([&](const SegmentRecord& one) { items.push_back(SplitItemOf(one)); });
    RequireFits(ReadSplit(corpus_.split()), items, corpus_);
  }

  TemporaryFolder folder_;
  CorpusFolder corpus_{folder_.path()};
};

TEST_F(CorpusSplitTest, WritesASplitThatFits) {
  EXPECT_EQ(SplitCorpus(corpus_, {}).num_groups, 3);
  RequireFitsNow();
  const std::string first = ContentOf(corpus_.split());
  SplitCorpus(corpus_, {});
  EXPECT_EQ(ContentOf(corpus_.split()), first);
}

TEST_F(CorpusSplitTest, AnImpossibleRequestLeavesTheOldSplit) {
  SplitCorpus(corpus_, {});
  const std::string before = ContentOf(corpus_.split());
  Catalog(corpus_.catalog()).SetSpeakers({{std::string(16, '1') + "-0", "x"}, {std::string(16, '2') + "-0", "x"}});
  EXPECT_EQ(ThrownBy([&] { SplitCorpus(corpus_, {}); }).kind(), ErrorKind::kUsage);
  EXPECT_EQ(ContentOf(corpus_.split()), before);
}

TEST_F(CorpusSplitTest, IsOutOfDateOnceTheCorpusHasChanged) {
  SplitCorpus(corpus_, {});
  Add('4');
  EXPECT_THAT(ThrownBy([&] { RequireFitsNow(); }).what(), HasSubstr("it lacks the segment '4444444444444444-0'"));
  SplitCorpus(corpus_, {});
  Catalog(corpus_.catalog()).DropSources({{.locator = std::string(16, '4')}});
  EXPECT_THAT(ThrownBy([&] { RequireFitsNow(); }).what(), HasSubstr("4 of its segments are no longer in the corpus"));
  SplitCorpus(corpus_, {});
  Catalog(corpus_.catalog()).SetSpeakers({{std::string(16, '1') + "-0", "x"}, {std::string(16, '2') + "-0", "x"}});
  const Error error = ThrownBy([&] { RequireFitsNow(); });
  EXPECT_THAT(error.what(), HasSubstr("share a speaker or a source"));
  EXPECT_THAT(error.remedy(), HasSubstr("sezim corpus split"));
  SplitCorpus(corpus_, {.by = SplitBy::kRandom});
  RequireFitsNow();
}

TEST_F(CorpusSplitTest, BySpeakerOnlySpeakersAreKeptApart) {
  std::vector<std::pair<std::string, std::string>> speakers;
  for (const char digit : {'1', '2', '3'}) {
    for (const char n : {'0', '1', '2', '3'}) speakers.push_back({std::string(16, digit) + "-" + n, {'s', n}});
  }
  Catalog(corpus_.catalog()).SetSpeakers(speakers);
  EXPECT_EQ(ThrownBy([&] { SplitCorpus(corpus_, {}); }).kind(), ErrorKind::kUsage);
  EXPECT_EQ(SplitCorpus(corpus_, {.by = SplitBy::kSpeaker}).num_groups, 4);
  EXPECT_EQ(ReadSplit(corpus_.split()).by, SplitBy::kSpeaker);
  RequireFitsNow();
  for (auto& [id, speaker] : speakers) speaker = "s";
  Catalog(corpus_.catalog()).SetSpeakers(speakers);
  EXPECT_THAT(ThrownBy([&] { RequireFitsNow(); }).what(), HasSubstr("share a speaker, and lie in two parts"));
}

TEST_F(CorpusSplitTest, WaitsForNoHarvest) {
  const FileLock harvest = corpus_.Lock();
  EXPECT_EQ(ThrownBy([&] { SplitCorpus(corpus_, {}); }).kind(), ErrorKind::kBusy);
}

}  // namespace
}  // namespace sezim
