// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/catalog.h"

#include <gmock/gmock.h>

#include "sezim/base/error.h"
#include "support/temporary_folder.h"

namespace sezim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

SourceRow Source(const std::string& locator, const std::string& sha256 = std::string(64, 'a')) {
  return {.locator = locator,
          .name = "name of " + locator.substr(locator.rfind('/') + 1),
          .sha256 = sha256,
          .size_bytes = std::int64_t{5} << 32,
          .modified_ns = 1'700'000'000'123'456'789,
          .language = "kk",
          .provenance_json = R"({"url":"u"})",
          .counts = {.duration_s = 12.5,
                     .speech_s = 7,
                     .frames_looked_at = 70,
                     .frames_without_picture = 1,
                     .frames_without_face = 2,
                     .frames_with_several_faces = 3,
                     .frames_kept = 64},
          .timeline = {.speech = {{0, 1500}, {2000, 7000}}, .faces = {{100, 6000}}}};
}

SegmentRecord Segment(const std::string& source, std::int64_t start_ms, const std::string& id) {
  return {.id = id,
          .source = source,
          .source_id = "0123456789abcdef",
          .start_ms = start_ms,
          .end_ms = start_ms + 1500,
          .emotion = Emotion::kSurprise,
          .scores = {0.1F, 0.0F, 0.05F, 0.15F, 0.2F, 0.1F, 0.4F},
          .agreement = 2.0 / 3,
          .num_frames = 15,
          .audio = "audio/surprise/" + id + ".wav",
          .sha256 = std::string(64, 'b'),
          .snr_db = 17.25};
}

class CatalogTest : public testing::Test {
 protected:
  std::vector<std::string> SegmentIds() const {
    std::vector<std::string> ids;
    catalog_->ForEachSegment([&](const SegmentRecord& segment) { ids.push_back(segment.id); });
    return ids;
  }
  std::vector<std::string> Reasons() const {
    std::vector<std::string> reasons;
    catalog_->ForEachRejection([&](const RejectionRecord& rejection) { reasons.push_back(rejection.reason); });
    return reasons;
  }
  void Reopen() {
    catalog_.reset();
    catalog_ = std::make_unique<Catalog>(folder_ / "catalog.db");
  }

  TemporaryFolder folder_;
  std::unique_ptr<Catalog> catalog_ = std::make_unique<Catalog>(folder_ / "catalog.db");
};

TEST_F(CatalogTest, KeepsEveryFieldOfASource) {
  const SourceRow source = Source("/videos/a.mp4");
  catalog_->BeginSource(source);
  Reopen();
  EXPECT_EQ(catalog_->FindSource("/videos/b.mp4"), std::nullopt);
  const auto found = catalog_->FindSource("/videos/a.mp4");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, source.name);
  EXPECT_EQ(found->sha256, source.sha256);
  EXPECT_EQ(found->id(), "aaaaaaaaaaaaaaaa");
  EXPECT_EQ(found->size_bytes, source.size_bytes);
  EXPECT_EQ(found->modified_ns, source.modified_ns);
  EXPECT_EQ(found->state, SourceState::kWorking);
  EXPECT_EQ(found->language, "kk");
  EXPECT_EQ(found->provenance_json, source.provenance_json);
  EXPECT_EQ(found->counts.duration_s, 12.5);
  EXPECT_EQ(found->counts.speech_s, 7);
  EXPECT_EQ(found->counts.frames_looked_at, 70);
  EXPECT_EQ(found->counts.frames_without_picture, 1);
  EXPECT_EQ(found->counts.frames_without_face, 2);
  EXPECT_EQ(found->counts.frames_with_several_faces, 3);
  EXPECT_EQ(found->counts.frames_kept, 64);
  EXPECT_EQ(found->timeline, source.timeline);
}

TEST_F(CatalogTest, LocatorsMayHoldAnyBytes) {
  const std::string odd = std::string("/v/caf\xe9\n\0'\";--", 14) + "x.mp4";
  catalog_->BeginSource(Source(odd));
  catalog_->SaveUnit(odd, 3, std::string("\0\xff\0", 3));
  Reopen();
  ASSERT_TRUE(catalog_->FindSource(odd));
  EXPECT_EQ(catalog_->FindSource(odd)->locator, odd);
  EXPECT_EQ(catalog_->Unit(odd, 3), std::string("\0\xff\0", 3));
  EXPECT_EQ(catalog_->FindSource(odd.substr(0, 8)), std::nullopt);
}

TEST_F(CatalogTest, KeepsEveryFieldOfASegment) {
  SourceRow source = Source("/a");
  SegmentRecord segment = Segment("a", 1200, "x-1");
  segment.language = "ru";
  source.state = SourceState::kDone;
  catalog_->FinishSource(source, {segment}, {});
  Reopen();
  EXPECT_EQ(catalog_->FindSource("/a")->state, SourceState::kDone);
  int num_seen = 0;
  catalog_->ForEachSegment([&](const SegmentRecord& found) {
    ++num_seen;
    EXPECT_EQ(JsonLine(found), JsonLine(segment));
    EXPECT_EQ(found.scores, segment.scores);
    EXPECT_EQ(found.agreement, segment.agreement);
    EXPECT_EQ(found.emotion, segment.emotion);
  });
  EXPECT_EQ(num_seen, 1);
}

TEST_F(CatalogTest, SetsTheLanguageOfOneSourceAndOfAllThatCameOfIt) {
  const RejectionRecord stretch{.source = "a", .start_ms = 1, .end_ms = 2, .reason = "no-face"};
  for (const char* locator : {"/a", "/b"}) {
    catalog_->FinishSource(Source(locator), {Segment("a", 100, std::string("x-") + locator[1])}, {stretch});
  }
  catalog_->SetLanguage("/b", "ru");
  Reopen();
  EXPECT_EQ(catalog_->FindSource("/a")->language, "kk");
  EXPECT_EQ(catalog_->FindSource("/b")->language, "ru");
  std::vector<std::optional<std::string>> languages;
  catalog_->ForEachSegment([&](const SegmentRecord& segment) { languages.push_back(segment.language); });
  EXPECT_THAT(languages, ElementsAre(std::nullopt, "ru"));
  languages.clear();
  catalog_->ForEachRejection([&](const RejectionRecord& rejection) { languages.push_back(rejection.language); });
  EXPECT_THAT(languages, testing::UnorderedElementsAre(std::nullopt, "ru"));
}

TEST_F(CatalogTest, KeepsFacesAndVoicesUntilTheirSegmentGoes) {
  const std::string face("\xff\xd8\0\xff\xd9", 5);
  const std::vector<float> voice = {0.5F, -1.0F, 1e-30F};
  const SourceRow source = Source("/a");
  catalog_->FinishSource(source, {Segment("a", 900, "x-2"), Segment("a", 100, "x-1"), Segment("a", 5000, "x-3")}, {},
                         {{.voice_print = voice},
                          {.face_jpeg = face, .voice_print = voice, .face_number = 7, .face_print = {0.5F, 0, 0.25F}},
                          {}});
  Reopen();
  EXPECT_EQ(catalog_->FacePicture("x-1"), face);
  EXPECT_EQ(catalog_->FacePicture("x-2"), "");
  EXPECT_EQ(catalog_->FacePicture("none"), "");
  std::vector<std::string> heard;
  const auto listen = [&](const SegmentVoice& one) {
    heard.push_back(one.segment_id);
    EXPECT_EQ(one.print, voice);
    EXPECT_EQ(one.locator, "/a");
    EXPECT_EQ(one.source, "a");
    EXPECT_EQ(one.end_ms - one.start_ms, 1500);
    EXPECT_EQ(one.face_number, one.segment_id == "x-1" ? 7 : -1);
    EXPECT_EQ(one.face_print, one.segment_id == "x-1" ? (std::vector<float>{255, 0, 128}) : std::vector<float>());
  };
  catalog_->ForEachVoice(listen);
  EXPECT_THAT(heard, ElementsAre("x-1", "x-2"));
  EXPECT_TRUE(catalog_->HasVoicesWithoutSpeaker());
  catalog_->SetSpeakers({{"x-1", "anna"}, {"x-2", "anna"}});
  EXPECT_FALSE(catalog_->HasVoicesWithoutSpeaker());
  catalog_->FinishSource(source, {Segment("a", 100, "x-1")}, {});
  EXPECT_EQ(catalog_->FacePicture("x-1"), "");
  catalog_->ForEachVoice(listen);
  EXPECT_EQ(heard.size(), 2U);
}

TEST_F(CatalogTest, KeepsThePrintsOfAFinishedSource) {
  const SourcePrints prints = {.sound = {1, 0xffffffffU, 0}, .pictures = {{5, {-7, 7, 1}}, {6, {0, -1}}}};
  catalog_->FinishSource(Source("/a"), {}, {}, {}, prints);
  catalog_->FinishSource(Source("/b"), {}, {});
  Reopen();
  EXPECT_EQ(catalog_->PrintsOf("/a").sound, prints.sound);
  EXPECT_EQ(catalog_->PrintsOf("/a").pictures, prints.pictures);
  EXPECT_TRUE(catalog_->PrintsOf("/b").sound.empty());
  EXPECT_TRUE(catalog_->PrintsOf("/b").pictures.empty());
  catalog_->BeginSource(Source("/a"));
  EXPECT_TRUE(catalog_->PrintsOf("/a").sound.empty());
  EXPECT_TRUE(catalog_->PrintsOf("/a").pictures.empty());
}

TEST_F(CatalogTest, RejectsSegmentsThatWereKept) {
  catalog_->FinishSource(Source("/a"), {Segment("a", 100, "x-1"), Segment("a", 900, "x-2")}, {});
  catalog_->RejectSegments(Source("/a"), {Segment("a", 100, "x-1")}, {{.source = "a", .reason = "repeated"}});
  EXPECT_THAT(SegmentIds(), ElementsAre("x-2"));
  EXPECT_THAT(Reasons(), ElementsAre("repeated"));
}

TEST_F(CatalogTest, NamesSpeakers) {
  catalog_->FinishSource(Source("/a"), {Segment("a", 100, "x-1"), Segment("a", 900, "x-2")}, {});
  const auto speakers = [&] {
    std::vector<std::string> all;
    catalog_->ForEachSegment([&](const SegmentRecord& segment) { all.push_back(segment.speaker.value_or("")); });
    return all;
  };
  catalog_->SetSpeakers({{"x-1", "anna"}, {"x-2", "boris"}});
  EXPECT_THAT(speakers(), ElementsAre("anna", "boris"));
  catalog_->SetSpeakers({{"x-2", "anna"}});
  EXPECT_THAT(speakers(), ElementsAre("", "anna"));
}

TEST_F(CatalogTest, KeepsEveryFieldOfARejection) {
  const RejectionRecord of_segment{.source = "a",
                                   .source_id = "id",
                                   .start_ms = 0,
                                   .end_ms = 900,
                                   .reason = "noisy",
                                   .num_frames = 9,
                                   .emotion = Emotion::kFear,
                                   .language = "kk"};
  const RejectionRecord of_source{.source = "b", .reason = "bad-input", .detail = "d", .remedy = "r"};
  catalog_->FinishSource(Source("/a"), {}, {of_segment});
  catalog_->RejectSource(Source("/b"), of_source);
  Reopen();
  std::vector<std::string> lines;
  catalog_->ForEachRejection([&](const RejectionRecord& found) { lines.push_back(JsonLine(found)); });
  EXPECT_THAT(lines, ElementsAre(JsonLine(of_segment), JsonLine(of_source)));
}

TEST_F(CatalogTest, UnitsComeInTheirOrderAndGoWhenTheSourceIsDone) {
  catalog_->BeginSource(Source("/a"));
  catalog_->BeginSource(Source("/b", std::string(64, 'b')));
  for (const std::int64_t unit : {10, 2, 33, 0}) catalog_->SaveUnit("/a", unit, "unit " + std::to_string(unit));
  catalog_->SaveUnit("/a", 2, "again");
  catalog_->SaveUnit("/b", 1, "other");
  Reopen();
  EXPECT_THAT(catalog_->UnitsDone("/a"), ElementsAre(0, 2, 10, 33));
  EXPECT_EQ(catalog_->Unit("/a", 0), "unit 0");
  EXPECT_EQ(catalog_->Unit("/a", 2), "again");
  EXPECT_EQ(catalog_->Unit("/a", 33), "unit 33");
  EXPECT_THROW(catalog_->Unit("/b", 33), ContractViolation);
  catalog_->FinishSource(Source("/a"), {}, {});
  EXPECT_THAT(catalog_->UnitsDone("/a"), IsEmpty());
  EXPECT_THAT(catalog_->UnitsDone("/b"), ElementsAre(1));
}

TEST_F(CatalogTest, UnitsAreKeptForTheSameContentOnly) {
  SourceRow source = Source("/a");
  catalog_->BeginSource(source);
  catalog_->SaveUnit("/a", 1, "one");
  source.modified_ns += 1;  // touched, not changed
  catalog_->BeginSource(source);
  EXPECT_THAT(catalog_->UnitsDone("/a"), ElementsAre(1));
  source.sha256 = std::string(64, 'c');
  catalog_->BeginSource(source);
  EXPECT_THAT(catalog_->UnitsDone("/a"), IsEmpty());
}

TEST_F(CatalogTest, BeginningAgainDropsWhatWasFound) {
  const SourceRow source = Source("/a");
  catalog_->FinishSource(source, {Segment("a", 0, "x-1")}, {{.source = "a", .start_ms = 5, .reason = "r"}});
  catalog_->FinishSource(Source("/b"), {Segment("b", 0, "y-1")}, {});
  catalog_->BeginSource(source);
  EXPECT_THAT(SegmentIds(), ElementsAre("y-1"));
  EXPECT_THAT(Reasons(), IsEmpty());
}

TEST_F(CatalogTest, FinishingAgainReplaces) {
  catalog_->FinishSource(Source("/a"), {Segment("a", 0, "x-1"), Segment("a", 2000, "x-2")}, {});
  catalog_->FinishSource(Source("/a"), {Segment("a", 2000, "x-2")}, {});
  EXPECT_THAT(SegmentIds(), ElementsAre("x-2"));
}

TEST_F(CatalogTest, AFailedTransactionLeavesNoTrace) {
  catalog_->BeginSource(Source("/a"));
  catalog_->SaveUnit("/a", 1, "one");
  SourceRow done = Source("/a");
  done.state = SourceState::kDone;
  const auto fails = [&](const std::vector<SegmentRecord>& segments) {
    EXPECT_THROW(catalog_->FinishSource(done, segments, {}), Error);
    EXPECT_THAT(SegmentIds(), IsEmpty());
    EXPECT_EQ(catalog_->FindSource("/a")->state, SourceState::kWorking);
    EXPECT_THAT(catalog_->UnitsDone("/a"), ElementsAre(1));
  };
  fails({Segment("a", 0, "x-1"), Segment("a", 5, "x-1")});  // the same id twice
  SegmentRecord backwards = Segment("a", 0, "x-2");
  backwards.end_ms = -5;
  fails({Segment("a", 0, "x-1"), backwards});
  EXPECT_THROW(catalog_->SaveUnit("/unknown", 1, "x"), Error);
}

TEST_F(CatalogTest, WhatAVisitorThrowsComesThrough) {
  catalog_->FinishSource(Source("/a"), {Segment("a", 0, "x-1")}, {});
  EXPECT_THROW(catalog_->ForEachSegment([](const SegmentRecord&) { throw std::bad_alloc(); }), std::bad_alloc);
  EXPECT_THAT(SegmentIds(), ElementsAre("x-1"));  // and it is still of use
}

TEST_F(CatalogTest, SegmentsAndRejectionsAreSorted) {
  catalog_->FinishSource(
      Source("/2"), {Segment("b", 500, "b-2"), Segment("b", 0, "b-1")},
      {{.source = "b", .start_ms = 900, .reason = "2"}, {.source = "b", .start_ms = 100, .reason = "1"}});
  catalog_->FinishSource(Source("/1"), {Segment("c", 0, "c-2"), Segment("c", 0, "c-1"), Segment("B", 9000, "B-1")}, {});
  catalog_->FinishSource(Source("/3"), {Segment("Қ", 0, "k-1"), Segment("a", 10'000, "a-2"), Segment("a", 9000, "a-1")},
                         {{.source = "a", .reason = "0"}});
  EXPECT_THAT(SegmentIds(), ElementsAre("B-1", "a-1", "a-2", "b-1", "b-2", "c-1", "c-2", "k-1"));
  EXPECT_THAT(Reasons(), ElementsAre("0", "1", "2"));
}

TEST_F(CatalogTest, FindsTheSameContentUnderAnotherName) {
  const std::string sha256(64, 'a');
  const auto content_beside = [&](const char* locator) {
    const auto found = catalog_->FindContent(sha256, locator);
    return found ? found->locator : "none";
  };
  catalog_->BeginSource(Source("/2", sha256));
  EXPECT_EQ(content_beside("/2"), "none");  // not itself
  EXPECT_EQ(content_beside("/3"), "/2");
  EXPECT_EQ(catalog_->FindContent(std::string(64, '9'), "/3"), std::nullopt);
  catalog_->RejectSource(Source("/1", sha256), {.source = "1", .reason = kDuplicateSource});
  EXPECT_TRUE(catalog_->IsDuplicate("/1"));
  EXPECT_FALSE(catalog_->IsDuplicate("/2"));
  EXPECT_FALSE(catalog_->IsDuplicate("/3"));
  EXPECT_EQ(content_beside("/3"), "/2");
  EXPECT_EQ(content_beside("/2"), "none");  // a duplicate is nobody's original
  catalog_->RejectSource(Source("/2", sha256), {.source = "2", .reason = "bad-input"});
  EXPECT_EQ(content_beside("/3"), "/2");  // what was bad once would be bad again
  catalog_->RejectSource(Source("/2", sha256), {.source = "2", .reason = "io"});
  EXPECT_EQ(content_beside("/3"), "none");  // what could not be read may be readable there
}

}  // namespace
}  // namespace sezim
