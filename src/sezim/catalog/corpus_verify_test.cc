// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/corpus_verify.h"

#include <gmock/gmock.h>

#include <fstream>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/sha256.h"
#include "sezim/catalog/catalog.h"
#include "sezim/corpus/split_record.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;
using testing::UnorderedElementsAre;

class CorpusVerifyTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_.Write("corpus.toml", "[corpus]\n[recipe]\n");
    std::vector<SegmentRecord> segments;
    for (int i = 0; i < 3; ++i) {
      const std::string id = "x-" + std::to_string(i);
      segments.push_back({.id = id,
                          .source = "s",
                          .source_id = "x",
                          .start_ms = i * 1000,
                          .end_ms = i * 1000 + 900,
                          .audio = "audio/happy/" + id + ".wav",
                          .sha256 = Sha256OfText("sound of " + id)});
      folder_.Write(segments.back().audio, "sound of " + id);
    }
    const RejectionRecord rejection{.source = "s", .start_ms = 5000, .end_ms = 5100, .reason = "too-few-frames"};
    Catalog catalog(corpus_.catalog());
    catalog.FinishSource({.locator = "/s", .name = "s", .state = SourceState::kDone}, segments, {rejection});
    WriteLinesIfChanged(corpus_.segments(), [&](const WriteLine& line) {
      for (const SegmentRecord& segment : segments) line(JsonLine(segment));
    });
    WriteLinesIfChanged(corpus_.rejected(), [&](const WriteLine& line) { line(JsonLine(rejection)); });
  }

  std::vector<std::string> Problems() const {
    std::vector<std::string> problems;
    for (const CorpusProblem& one : VerifyCorpus(corpus_, [](double share) { EXPECT_LE(share, 1); })) {
      problems.push_back(one.file + ": " + one.what);
    }
    return problems;
  }

  TemporaryFolder folder_;
  CorpusFolder corpus_{folder_.path()};
};

TEST_F(CorpusVerifyTest, AWholeCorpusHasNone) {
  EXPECT_THAT(Problems(), IsEmpty());
}

TEST_F(CorpusVerifyTest, FindsSoundThatDiffersOrIsMissing) {
  folder_.Write("audio/happy/x-1.wav", "sound of x-2");
  fs::remove(folder_ / "audio/happy/x-2.wav");
  EXPECT_THAT(Problems(),
              ElementsAre("audio/happy/x-1.wav: differs from its record's sha256", "audio/happy/x-2.wav: is missing"));
}

TEST_F(CorpusVerifyTest, FindsAFolderOrAFifoInPlaceOfSound) {
  fs::remove(folder_ / "audio/happy/x-1.wav");
  fs::create_directory(folder_ / "audio/happy/x-1.wav");
  ASSERT_EQ(Problems().size(), 1U);
  EXPECT_THAT(Problems()[0], testing::StartsWith("audio/happy/x-1.wav: "));
}

TEST_F(CorpusVerifyTest, FindsFilesThatNoRecordNames) {
  folder_.Write("audio/sad/stray.wav", "");
  folder_.Write("audio/x-0.wav", "sound of x-0");
  folder_.Write("elsewhere/notes.txt", "");  // not ours to judge
  EXPECT_THAT(Problems(), testing::UnorderedElementsAre("audio/sad/stray.wav: belongs to no segment",
                                                        "audio/x-0.wav: belongs to no segment"));
}

TEST_F(CorpusVerifyTest, FindsLinesThatDiffer) {
  std::string lines = ContentOf(corpus_.segments());
  lines.replace(lines.find("x-1"), 3, "x-7");
  folder_.Write("segments.jsonl", lines);
  EXPECT_THAT(Problems(), ElementsAre("segments.jsonl: line 2 differs from the catalogue"));
}

TEST_F(CorpusVerifyTest, FindsLinesThatAreMissingOrTooMany) {
  const std::string lines = ContentOf(corpus_.segments());
  folder_.Write("segments.jsonl", lines.substr(0, lines.find('\n') + 1));
  folder_.Write("rejected.jsonl", ContentOf(corpus_.rejected()) + "{}\n");
  EXPECT_THAT(Problems(), ElementsAre("segments.jsonl: line 2 differs from the catalogue",
                                      "rejected.jsonl: has lines after 1 that are not in the catalogue"));
}

TEST_F(CorpusVerifyTest, FindsADownloadThatDiffersOrIsOfNoSource) {
  Catalog(corpus_.catalog())
      .FinishSource({.locator = "http://a", .name = "a", .sha256 = Sha256OfText("video"), .state = SourceState::kDone},
                    {}, {});
  const std::string kept = "media/" + Sha256OfText("video").substr(0, 16) + ".mp4";
  folder_.Write(kept, "video");
  EXPECT_THAT(Problems(), IsEmpty());
  folder_.Write(kept, "another");
  folder_.Write("media/0123456789abcdef.mp4", "video");
  folder_.Write("media/somebody's own.mp4", "video");
  EXPECT_THAT(Problems(), UnorderedElementsAre(kept + ": differs from its record's sha256",
                                               "media/0123456789abcdef.mp4: belongs to no source"));
}

TEST_F(CorpusVerifyTest, FindsADamagedCatalogue) {
  {
    Catalog catalog(corpus_.catalog());
    for (int i = 0; i < 200; ++i) catalog.RememberDropped(Sha256OfText(std::to_string(i)));
  }
  EXPECT_THAT(Problems(), IsEmpty());
  std::string bytes = ReadTextFile(corpus_.catalog(), 1 << 26);
  const std::size_t at = bytes.find(Sha256OfText("7"));
  ASSERT_NE(at, std::string::npos);
  bytes[at] = bytes[at] == 'f' ? '0' : 'f';  // in the table or its index, and the other says otherwise
  std::ofstream(corpus_.catalog(), std::ios::binary) << bytes;
  EXPECT_THAT(Problems(), ElementsAre(StartsWith("catalog.db: ")));
}

TEST_F(CorpusVerifyTest, OfAnUnfinishedHarvestToo) {
  EXPECT_FALSE(IsUnfinished(corpus_));
  Catalog(corpus_.catalog()).BeginSource({.locator = "/t", .name = "t", .sha256 = Sha256OfText("t")});
  EXPECT_TRUE(IsUnfinished(corpus_));
  EXPECT_THAT(Problems(), IsEmpty());
  folder_.Write("audio/sad/y-1.wav", "not recorded yet");
  folder_.Write("audio/happy/x-1.wav", "sound of x-2");
  fs::remove(corpus_.rejected());
  EXPECT_THAT(Problems(),
              UnorderedElementsAre("audio/happy/x-1.wav: differs from its record's sha256",
                                   "audio/sad/y-1.wav: belongs to no segment", "rejected.jsonl: is missing"));
}

TEST_F(CorpusVerifyTest, NamesSourcesThatWereBegunAndHaveGone) {
  folder_.Write("here.mp4", "video");
  Catalog catalog(corpus_.catalog());
  catalog.BeginSource({.locator = (folder_ / "here.mp4").native(), .name = "here.mp4", .sha256 = Sha256OfText("a")});
  catalog.BeginSource({.locator = "http://h/gone.mp4", .name = "a link", .sha256 = Sha256OfText("b")});
  EXPECT_THAT(VanishedSources(corpus_), IsEmpty());  // finished ones may go
  catalog.BeginSource({.locator = (folder_ / "gone.mp4").native(), .name = "gone.mp4", .sha256 = Sha256OfText("c")});
  EXPECT_THAT(VanishedSources(corpus_), ElementsAre("gone.mp4"));
}

TEST_F(CorpusVerifyTest, FindsAMissingList) {
  fs::remove(corpus_.segments());
  EXPECT_THAT(Problems(), ElementsAre("segments.jsonl: is missing"));
}

TEST_F(CorpusVerifyTest, FindsALastLineWithoutItsEnd) {
  const std::string lines = ContentOf(corpus_.segments());
  folder_.Write("segments.jsonl", lines.substr(0, lines.size() - 1));
  EXPECT_THAT(Problems(), ElementsAre("segments.jsonl: line 3 differs from the catalogue"));
}

TEST_F(CorpusVerifyTest, FindsADescriptionThatWasDamaged) {
  folder_.Write("corpus.toml", "[corpus]\n[[[\n");
  ASSERT_EQ(Problems().size(), 1U);
  EXPECT_THAT(Problems()[0], testing::StartsWith("corpus.toml: "));
  EXPECT_THAT(Problems()[0], testing::HasSubstr("line 2"));
}

TEST_F(CorpusVerifyTest, FindsASplitOfOtherSegments) {
  SplitRecord split;
  for (const char* id : {"x-0", "x-1", "x-2"}) split.parts[id] = Part::kTrain;
  folder_.Write("split.json", ToJson(split));
  EXPECT_THAT(Problems(), IsEmpty());
  split.parts.erase("x-1");
  split.parts["gone"] = Part::kDev;
  folder_.Write("split.json", ToJson(split));
  EXPECT_THAT(
      Problems(),
      ElementsAre(testing::StartsWith("split.json: puts 2 of 3 segments into a part, and names 1 that are not there")));
  folder_.Write("split.json", "{\"trian\": []}");
  ASSERT_EQ(Problems().size(), 1U);
  EXPECT_THAT(Problems()[0], testing::StartsWith("split.json: "));
}

TEST_F(CorpusVerifyTest, RefusesAFolderThatIsNoCorpus) {
  const TemporaryFolder other;
  EXPECT_EQ(ThrownBy([&] { VerifyCorpus(CorpusFolder(other.path()), [](double) {}); }).kind(), ErrorKind::kNotFound);
  EXPECT_EQ(other.num_entries(), 0U);  // and makes none
}

}  // namespace
}  // namespace sezim
