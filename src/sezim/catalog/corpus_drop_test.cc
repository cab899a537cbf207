// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/corpus_drop.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include <cstring>

#include "sezim/base/error.h"
#include "sezim/base/sha256.h"
#include "sezim/catalog/catalog.h"
#include "sezim/catalog/corpus_records.h"
#include "sezim/catalog/corpus_verify.h"
#include "sezim/catalog/repeat_detail.h"
#include "sezim/corpus/split_record.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class CorpusDropTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_.Write("corpus.toml", "[corpus]\n[recipe]\n");
    Catalog catalog(corpus_.catalog());
    Add(catalog, "/videos/anna.mp4", "anna.mp4");
    Add(catalog, "/videos/boris.mp4", "boris.mp4");
    SourceRow copy = RowOf("/other/copy of anna.mp4", "copy of anna.mp4", "anna.mp4");
    copy.state = SourceState::kRejected;
    catalog.RejectSource(copy, {.source = copy.name,
                                .source_id = copy.id(),
                                .reason = kDuplicateSource,
                                .detail = "it has the same bytes as 'anna.mp4'"});
    WriteRecords(catalog, corpus_);
    SplitRecord split;
    catalog.ForEachSegment([&](const SegmentRecord& segment) { split.parts[segment.id] = Part::kDev; });
    folder_.Write("split.json", ToJson(split));
  }

  static SourceRow RowOf(const std::string& locator, const std::string& name, const std::string& content) {
    return {.locator = locator, .name = name, .sha256 = Sha256OfText(content), .state = SourceState::kDone};
  }

  void Add(Catalog& catalog, const std::string& locator, const std::string& name) {
    const SourceRow row = RowOf(locator, name, name);
    const std::string audio = "audio/sad/" + row.id() + "-00000100.flac";
    folder_.Write(audio, "sound of " + name);
    folder_.Write("media/" + row.id() + ".mp4", name);
    catalog.FinishSource(
        row,
        {{.id = row.id() + "-00000100",
          .source = name,
          .source_id = row.id(),
          .start_ms = 100,
          .end_ms = 900,
          .audio = audio,
          .sha256 = Sha256OfText("sound of " + name)}},
        {{.source = name, .source_id = row.id(), .start_ms = 1000, .end_ms = 1500, .reason = "no-face"}}, {},
        {.sound = {Word(name, 0)}, .pictures = {{Word(name, 1)}}});
  }

  // Four letters of `name` as a number, which a file holds as these letters.
  static std::uint32_t Word(const std::string& name, std::size_t from) {
    std::uint32_t word = 0;
    std::memcpy(&word, name.data() + from, sizeof(word));
    return word;
  }

  // Every byte of the corpus, and every name in it.
  std::string Everything() const {
    std::string all;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      all += entry.path().filename().native() + "\n";
      if (entry.is_regular_file()) all += ContentOf(entry.path());
    }
    return all;
  }

  TemporaryFolder folder_;
  CorpusFolder corpus_{folder_.path()};
};

TEST_F(CorpusDropTest, LeavesNoTraceOfASourceAndAllOfTheOthers) {
  const std::string id = Sha256OfText("anna.mp4").substr(0, 16);
  ASSERT_THAT(Everything(), HasSubstr("anna"));
  const DroppedFromCorpus dropped = DropSource(corpus_, "anna.mp4");
  EXPECT_EQ(dropped.num_sources, 2);  // with the copy
  EXPECT_EQ(dropped.num_segments, 1);
  const std::string left = Everything();
  EXPECT_THAT(left, Not(HasSubstr("anna")));  // nor its sound's print, which begins so
  EXPECT_THAT(left, Not(HasSubstr("nna.")));  // its pictures'
  EXPECT_THAT(left, HasSubstr("oris"));
  EXPECT_THAT(left, Not(HasSubstr(id + "-")));
  EXPECT_THAT(left, HasSubstr("boris"));
  EXPECT_TRUE(VerifyCorpus(corpus_, [](double) {}).empty());

  const Catalog catalog(corpus_.catalog());
  EXPECT_EQ(catalog.Sources().size(), 1U);
  EXPECT_TRUE(catalog.IsDropped(Sha256OfText("anna.mp4")));
  EXPECT_TRUE(catalog.IsDropped(Sha256OfText("/videos/anna.mp4")));
  EXPECT_TRUE(catalog.IsDropped(Sha256OfText("/other/copy of anna.mp4")));
  EXPECT_FALSE(catalog.IsDropped(Sha256OfText("boris.mp4")));
}

TEST_F(CorpusDropTest, ASourceIsNamedByItsNameIdPathOrDigest) {
  const std::string digest = Sha256OfText("boris.mp4");
  for (const std::string& which :
       {std::string("boris.mp4"), digest.substr(0, 16), std::string("/videos/boris.mp4"), digest}) {
    EXPECT_EQ(DropSource(corpus_, which).num_segments, 1) << which;
    Catalog catalog(corpus_.catalog());
    Add(catalog, "/videos/boris.mp4", "boris.mp4");
  }
}

TEST_F(CorpusDropTest, DropsNothingWhereSeveralSourcesHaveTheName) {
  {
    Catalog catalog(corpus_.catalog());
    SourceRow other = RowOf("/more/boris.mp4", "boris.mp4", "another boris");
    catalog.RejectSource(other, {.source = other.name, .source_id = other.id(), .reason = "no-face"});
  }
  const Error error = ThrownBy([&] { DropSource(corpus_, "boris.mp4"); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_THAT(error.remedy(), testing::AllOf(HasSubstr("/videos/boris.mp4"), HasSubstr("/more/boris.mp4"),
                                             HasSubstr(Sha256OfText("another boris").substr(0, 16))));
  EXPECT_EQ(Catalog(corpus_.catalog()).Sources().size(), 4U);
  EXPECT_EQ(DropSource(corpus_, "/more/boris.mp4").num_segments, 0);
  EXPECT_EQ(DropSource(corpus_, "boris.mp4").num_segments, 1);  // the only one left
}

TEST_F(CorpusDropTest, SaysThatASourceIsNotThere) {
  const std::string before = ContentOf(corpus_.segments());
  for (const char* which : {"", "nobody.mp4", "boris"}) {
    const Error error = ThrownBy([&] { DropSource(corpus_, which); });
    EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
    EXPECT_FALSE(error.remedy().empty());
  }
  EXPECT_EQ(ContentOf(corpus_.segments()), before);
}

TEST_F(CorpusDropTest, RemovesTheReportsThatShowASourceAndNoOtherFile) {
  const std::string page = std::string("<meta content=\"") + kReportMark + "\"> anna and boris";
  for (const char* name : {"report.html", "review.html", "for Sara.html"}) folder_.Write(name, page);
  const fs::path unfinished = UnfinishedReport("report.html");
  folder_.Write(unfinished, "ann");  // of a report that was killed
  folder_.Write("notes.html", "somebody's own page");
  folder_.Write("notes.txt", page);
  EXPECT_EQ(ThrownBy([&] { DropSource(corpus_, "nobody.mp4"); }).kind(), ErrorKind::kNotFound);
  EXPECT_TRUE(fs::exists(corpus_.report()));  // nothing was dropped
  EXPECT_EQ(DropSource(corpus_, "anna.mp4").num_reports, 4);
  for (const char* name : {"report.html", "review.html", "for Sara.html"}) {
    EXPECT_FALSE(fs::exists(folder_ / name)) << name;
  }
  EXPECT_FALSE(fs::exists(folder_ / unfinished));
  EXPECT_TRUE(fs::exists(folder_ / "notes.html"));
  EXPECT_TRUE(fs::exists(folder_ / "notes.txt"));
}

TEST_F(CorpusDropTest, NothingOfASpeakerStaysInTimelineAndPrints) {
  SourceRow row = RowOf("/videos/dana.mp4", "dana.mp4", "dana.mp4");
  row.timeline = {.speech = {{0, 900}, {1000, 4000}}, .faces = {{1500, 2000}}};
  const SourcePrints prints{.sound = Fingerprint(50, 0x61626364), .pictures = {{.step = 1}, {.step = 12}}};
  const SegmentRecord segment{.id = row.id() + "-00001000",
                              .source = row.name,
                              .source_id = row.id(),
                              .start_ms = 1000,
                              .end_ms = 3000,
                              .audio = "audio/sad/" + row.id() + "-00001000.flac"};
  const auto finish = [&] {
    Catalog catalog(corpus_.catalog());
    catalog.FinishSource(row, {segment}, {}, {}, prints);
    catalog.SetSpeakers({{segment.id, segment.id}});
  };
  const auto expect_nothing_left = [&] {
    const Catalog catalog(corpus_.catalog());
    EXPECT_EQ(catalog.FindSource(row.locator)->timeline.speech, (std::vector<SpanMs>{{0, 900}, {3000, 4000}}));
    EXPECT_THAT(catalog.FindSource(row.locator)->timeline.faces, testing::IsEmpty());
    const SourcePrints left = catalog.PrintsOf(row.locator);
    EXPECT_NE(left.sound.front(), prints.sound.front());
    EXPECT_EQ(left.sound.back(), prints.sound.back());
    EXPECT_EQ(left.pictures, (PicturePrint{{.step = 1}}));
  };
  finish();
  DropSpeaker(corpus_, segment.id);
  expect_nothing_left();
  finish();  // harvested again: what was dropped is not written down again
  expect_nothing_left();
}

TEST_F(CorpusDropTest, DoesTheRestOfADropThatWasCutShort) {
  Catalog(corpus_.catalog()).DropSources({{.locator = "/videos/boris.mp4"}});  // killed before the records were written
  ASSERT_THAT(ContentOf(corpus_.segments()), HasSubstr("boris"));
  EXPECT_EQ(ThrownBy([&] { DropSource(corpus_, "boris.mp4"); }).kind(), ErrorKind::kNotFound);
  EXPECT_THAT(ContentOf(corpus_.segments()), Not(HasSubstr("boris")));
}

TEST_F(CorpusDropTest, DoesTheRestOfADropThatWasCutShortAfterItsSoundsWere) {
  fs::remove_all(folder_ / "audio");
  EXPECT_EQ(VerifyCorpus(corpus_, [](double) {}).size(), 2U);
  EXPECT_EQ(DropSource(corpus_, "boris.mp4").num_segments, 1);
  EXPECT_EQ(DropSource(corpus_, "anna.mp4").num_segments, 1);
  EXPECT_TRUE(VerifyCorpus(corpus_, [](double) {}).empty());
}

class RepeatDropTest : public CorpusDropTest {
 protected:
  void SetUp() override {
    CorpusDropTest::SetUp();
    Catalog catalog(corpus_.catalog());
    const SourceRow carla = RowOf("/videos/carla.mp4", "carla.mp4", "carla.mp4");
    const auto repeats = [&](std::int64_t start_ms, const EarlierPlace& place) {
      return RejectionRecord{.source = carla.name,
                             .source_id = carla.id(),
                             .start_ms = start_ms,
                             .end_ms = start_ms + 1000,
                             .reason = place.of == RepeatOf::kSound ? "repeated" : "repeated-pictures",
                             .detail = RepeatDetail(place)};
    };
    catalog.FinishSource(carla, {},
                         {repeats(1000, {.of = RepeatOf::kSound, .at_s = 0, .source = "anna.mp4"}),
                          repeats(2000, {.of = RepeatOf::kPictures, .at_s = 7, .source = "anna.mp4"}),
                          repeats(3000, {.of = RepeatOf::kSound, .at_s = 0, .source = "boris.mp4"})});
  }

  std::vector<std::string> Details() const {
    std::vector<std::string> details;
    Catalog(corpus_.catalog()).ForEachRejection([&](const RejectionRecord& one) {
      if (one.source == "carla.mp4") details.push_back(one.detail.value_or(""));
    });
    return details;
  }

  std::vector<SpanMs> DroppedSpans() const {
    return Catalog(corpus_.catalog()).DroppedSpans(Sha256OfText("carla.mp4"));
  }
};

TEST_F(RepeatDropTest, WhatRepeatsADroppedSourceStaysOutAndDoesNotNameIt) {
  DropSource(corpus_, "anna.mp4");
  EXPECT_THAT(Everything(), Not(HasSubstr("anna")));
  EXPECT_THAT(Details(), testing::ElementsAre("heard before", "seen before", "heard at 0 s of 'boris.mp4' before"));
  EXPECT_EQ(DroppedSpans(), (std::vector<SpanMs>{{1000, 2000}, {2000, 3000}}));
  EXPECT_TRUE(VerifyCorpus(corpus_, [](double) {}).empty());
}

TEST_F(RepeatDropTest, WhatRepeatsADroppedSpeakerStaysOut) {
  const std::string anna = Sha256OfText("anna.mp4").substr(0, 16) + "-00000100";
  Catalog(corpus_.catalog()).SetSpeakers({{anna, anna}});
  DropSpeaker(corpus_, anna);
  EXPECT_THAT(Details(), testing::ElementsAre("heard before", "seen at 7 s of 'anna.mp4' before",
                                              "heard at 0 s of 'boris.mp4' before"));
  EXPECT_EQ(DroppedSpans(), (std::vector<SpanMs>{{1000, 2000}}));
}

TEST_F(CorpusDropTest, ACopyThatStayedWhenItsFirstChangedDoesNotNameItEither) {
  {
    Catalog catalog(corpus_.catalog());
    catalog.BeginSource(RowOf("/videos/anna.mp4", "anna.mp4", "other bytes"));
  }
  EXPECT_EQ(DropSource(corpus_, "anna.mp4").num_sources, 1);
  EXPECT_THAT(ContentOf(corpus_.rejected()), HasSubstr("it has the same bytes as another source"));
  EXPECT_THAT(ContentOf(corpus_.rejected()), Not(HasSubstr("'anna.mp4'")));
}

TEST_F(CorpusDropTest, AnInterruptedDownloadGoes) {
  const std::string known = "https://videos.example/boris", unknown = "https://videos.example/carla";
  for (const std::string& url : {known, unknown}) {
    const fs::path folder = corpus_.download(url).lexically_relative(folder_.path());
    folder_.Write(folder / "source.json", url);
    folder_.Write(folder / "media.mp4", "a video");
  }
  {
    Catalog catalog(corpus_.catalog());
    catalog.BeginSource({.locator = known, .name = known, .sha256 = Sha256OfText("a video")});
  }
  EXPECT_EQ(DropSource(corpus_, known).num_sources, 1);
  EXPECT_FALSE(fs::exists(corpus_.download(known)));
  EXPECT_TRUE(fs::exists(corpus_.download(unknown)));
  EXPECT_EQ(DropSource(corpus_, unknown).num_sources, 1);  // which the catalogue does not know yet
  EXPECT_THAT(Everything(), Not(HasSubstr("videos.example")));
  const Catalog catalog(corpus_.catalog());
  EXPECT_TRUE(catalog.IsDropped(Sha256OfText(known)));
  EXPECT_TRUE(catalog.IsDropped(Sha256OfText(unknown)));
}

TEST_F(CorpusDropTest, TellsThatASplitWhichCannotBeReadHadToGo) {
  EXPECT_FALSE(DropSource(corpus_, "boris.mp4").is_split_removed);
  EXPECT_TRUE(fs::exists(corpus_.split()));
  folder_.Write("split.json", "of anna");
  EXPECT_TRUE(DropSource(corpus_, "anna.mp4").is_split_removed);
  EXPECT_FALSE(fs::exists(corpus_.split()));
}

TEST_F(CorpusDropTest, WhatAKilledRunLeftHalfWrittenGoes) {
  for (const char* name : {"split.json.77.tmp", "segments.jsonl.tmp", "audio/sad/x.flac.tmp"}) {
    folder_.Write(name, "something of anna");
  }
  DropSource(corpus_, "anna.mp4");
  EXPECT_THAT(Everything(), Not(HasSubstr("anna")));
}

// Hundreds of segments make a catalogue of many pages, between which SQLite moves rows: overwriting those that are
// deleted is not enough.
TEST_F(CorpusDropTest, LeavesNothingInFreePages) {
  fs::remove(corpus_.split());  // it is of other segments
  std::vector<std::string> speaker_of;
  {
    Catalog catalog(corpus_.catalog());
    std::vector<std::pair<std::string, std::string>> speakers;
    for (int n = 0; n < 30; ++n) {
      const std::string name = (n % 3 == 0 ? "xaver " : n % 3 == 1 ? "yana " : "wanda ") + std::to_string(n * 7 % 30);
      SourceRow row = RowOf("/videos/" + name, name, name);
      row.provenance_json = "title of " + name;
      std::vector<SegmentRecord> segments;
      std::vector<RejectionRecord> rejections;
      std::vector<SegmentExtras> extras;
      for (int i = 0; i < 30; ++i) {
        const std::string id = row.id() + "-" + std::to_string(10'000'000 + i);
        const std::string audio = "audio/sad/" + id + ".flac";
        const std::string sound = "sound of " + id;
        folder_.Write(audio, sound);
        segments.push_back({.id = id,
                            .source = name,
                            .source_id = row.id(),
                            .start_ms = i * 1000,
                            .end_ms = i * 1000 + 900,
                            .audio = audio,
                            .sha256 = Sha256OfText(sound)});
        extras.push_back(
            {.face_jpeg = std::string(static_cast<std::size_t>(40 + 37 * (i % 50)), '.') + "face of " + id});
        rejections.push_back({.source = name,
                              .source_id = row.id(),
                              .start_ms = i * 1000 + 900,
                              .end_ms = i * 1000 + 1000,
                              .reason = "no-face",
                              .detail = "detail of " + name});
        speakers.emplace_back(id, segments.front().id);
      }
      speaker_of.push_back(segments.front().id);
      catalog.BeginSource(row);
      for (int unit = 0; unit < 20; ++unit) catalog.SaveUnit(row.locator, unit, std::string(300, '-') + name);
      catalog.FinishSource(row, segments, rejections, extras);
    }
    catalog.SetSpeakers(speakers);
    WriteRecords(catalog, corpus_);
  }
  for (int n = 0; n < 30; n += 3) DropSource(corpus_, "xaver " + std::to_string(n * 7 % 30));
  for (int n = 1; n < 30; n += 3) DropSpeaker(corpus_, speaker_of[static_cast<std::size_t>(n)]);
  const std::string left = Everything();
  EXPECT_EQ(left.find("xaver"), std::string::npos);
  for (std::size_t n = 0; n < 30; ++n) {
    const std::string id = speaker_of[n].substr(0, 17);  // as far as the place in the source
    EXPECT_EQ(left.find("face of " + id) != std::string::npos, n % 3 == 2) << n;
    EXPECT_EQ(left.find("sound of " + id) != std::string::npos, n % 3 == 2) << n;
    EXPECT_EQ(left.find(speaker_of[n]) != std::string::npos, n % 3 == 2) << n;
  }
  EXPECT_TRUE(VerifyCorpus(corpus_, [](double) {}).empty());
}

TEST_F(CorpusDropTest, ACatalogueThatNoOtherMayReadStaysSo) {
  fs::permissions(corpus_.catalog(), fs::perms::owner_read | fs::perms::owner_write);
  DropSource(corpus_, "anna.mp4");
  EXPECT_EQ(fs::status(corpus_.catalog()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(CorpusDropTest, ASpeakerGoesFromEverySource) {
  const std::string anna = Sha256OfText("anna.mp4").substr(0, 16) + "-00000100";
  const std::string boris = Sha256OfText("boris.mp4").substr(0, 16) + "-00000100";
  {
    Catalog catalog(corpus_.catalog());
    catalog.SetSpeakers({{anna, anna}, {boris, boris}});
  }
  folder_.Write("report.html", kReportMark);
  EXPECT_EQ(DropSpeaker(corpus_, boris).num_segments, 1);
  EXPECT_FALSE(fs::exists(corpus_.report()));
  EXPECT_THAT(Everything(), Not(HasSubstr(boris)));
  EXPECT_THAT(Everything(), Not(HasSubstr("sound of boris.mp4")));
  EXPECT_THAT(ContentOf(corpus_.segments()), HasSubstr(anna));
  EXPECT_TRUE(VerifyCorpus(corpus_, [](double) {}).empty());
  const Catalog catalog(corpus_.catalog());
  EXPECT_EQ(catalog.DroppedSpans(Sha256OfText("boris.mp4")), (std::vector<SpanMs>{{100, 900}}));
  EXPECT_EQ(catalog.DroppedSpans(Sha256OfText("anna.mp4")), std::vector<SpanMs>{});
  EXPECT_EQ(ThrownBy([&] { DropSpeaker(corpus_, boris); }).kind(), ErrorKind::kNotFound);
}

TEST_F(CorpusDropTest, ACatalogueOfFormatOneIsBroughtUpToDate) {
  {
    SQLite::Database database(corpus_.catalog().string(), SQLite::OPEN_READWRITE);
    database.exec(
        "DROP TABLE dropped; DROP TABLE segment_extras; DROP TABLE dropped_span; DROP TABLE fingerprint; DROP TABLE "
        "picture_print; ALTER TABLE "
        "source DROP COLUMN "
        "timeline;"
        "ALTER TABLE segment DROP COLUMN speaker; ALTER TABLE segment DROP COLUMN snr_db; "
        "ALTER TABLE segment DROP COLUMN voice_model; ALTER TABLE segment DROP COLUMN voice_scores; "
        "ALTER TABLE segment DROP COLUMN voice_check; ALTER TABLE rejection DROP COLUMN emotion;"
        "ALTER TABLE rejection DROP COLUMN language; PRAGMA user_version = 1");
  }
  EXPECT_EQ(DropSource(corpus_, "boris.mp4").num_segments, 1);
  EXPECT_TRUE(Catalog(corpus_.catalog()).IsDropped(Sha256OfText("boris.mp4")));
}

TEST_F(CorpusDropTest, WaitsForNoHarvest) {
  const FileLock harvest = corpus_.Lock();
  EXPECT_EQ(ThrownBy([&] { DropSource(corpus_, "boris.mp4"); }).kind(), ErrorKind::kBusy);
}

}  // namespace
}  // namespace sezim
