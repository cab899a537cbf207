// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/corpus_stats.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "sezim/base/error.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

SegmentRecord Segment(const std::string& id, std::int64_t length_ms, Emotion emotion,
                      std::optional<std::string> language) {
  return {.id = id,
          .source = "s",
          .start_ms = 1000,
          .end_ms = 1000 + length_ms,
          .emotion = emotion,
          .language = std::move(language)};
}

CorpusStats Example(const StatsOptions& options = {}) {
  const TemporaryFolder folder;
  Catalog catalog(folder / "catalog.db");
  SourceRow one{.locator = "/1",
                .name = "1",
                .state = SourceState::kDone,
                .counts = {.duration_s = 100,
                           .speech_s = 60,
                           .frames_looked_at = 600,
                           .frames_without_picture = 5,
                           .frames_without_face = 100,
                           .frames_with_several_faces = 95,
                           .frames_kept = 400}};
  catalog.FinishSource(one,
                       {Segment("a", 3000, Emotion::kHappy, "kk"), Segment("b", 1500, Emotion::kHappy, "kk"),
                        Segment("c", 2000, Emotion::kSad, "ru"), Segment("d", 7'200'000, Emotion::kSad, std::nullopt)},
                       {{.source = "1", .start_ms = 0, .end_ms = 900, .reason = "too-few-frames"},
                        {.source = "1", .start_ms = 50, .end_ms = 950, .reason = "too-few-frames"},
                        {.source = "1", .start_ms = 0, .end_ms = 10'000, .reason = "no-face"},
                        {.source = "1", .start_ms = 0, .end_ms = 4000, .reason = "a new reason"}});
  SourceRow two{.locator = "/2",
                .name = "2",
                .state = SourceState::kDone,
                .counts = {.duration_s = 50, .speech_s = 10, .frames_looked_at = 100, .frames_kept = 1}};
  catalog.FinishSource(two, {}, {});
  catalog.RejectSource({.locator = "/3", .name = "3", .state = SourceState::kRejected, .counts = {.duration_s = 9}},
                       {.source = "3", .reason = "bad-input"});
  catalog.BeginSource({.locator = "/4", .name = "4"});
  catalog.SetSpeakers({{"a", "a"}, {"c", "a"}, {"d", "d"}});
  return StatsOf(catalog, options);
}

SegmentTotals Of(const DatasetTotals& datasets, const char* language, Emotion emotion) {
  return datasets.by_language.at(language).by_emotion[static_cast<std::size_t>(emotion)];
}

TEST(CorpusStats, CountsTheExampleByHand) {
  const CorpusStats stats = Example();
  ASSERT_EQ(stats.kept.by_language.size(), 3U);
  EXPECT_EQ(Of(stats.kept, "kk", Emotion::kHappy).num_segments, 2);
  EXPECT_DOUBLE_EQ(Of(stats.kept, "kk", Emotion::kHappy).duration_s, 4.5);
  EXPECT_EQ(Of(stats.kept, "kk", Emotion::kSad).num_segments, 0);
  EXPECT_DOUBLE_EQ(Of(stats.kept, "ru", Emotion::kSad).duration_s, 2);
  EXPECT_DOUBLE_EQ(Of(stats.kept, "unknown", Emotion::kSad).duration_s, 7200);
  EXPECT_EQ(stats.num_sources_done, 2);
  EXPECT_EQ(stats.num_sources_working, 1);
  EXPECT_DOUBLE_EQ(stats.sources.duration_s, 150);  // of the finished ones
  EXPECT_DOUBLE_EQ(stats.sources.speech_s, 70);
  EXPECT_EQ(stats.sources.frames_looked_at, 700);
  EXPECT_EQ(stats.sources.frames_kept, 401);
  EXPECT_EQ(stats.source_rejections, (std::map<std::string, std::int64_t>{{"bad-input", 1}}));
}

TEST(CorpusStats, EachGateRejectsAndLeaves) {
  const CorpusStats stats = Example();
  EXPECT_EQ(stats.before_gates.All().num_segments, 8);
  EXPECT_DOUBLE_EQ(stats.before_gates.All().duration_s, 7206.5 + 1.8 + 10 + 4);
  ASSERT_EQ(stats.gates.size(), 3U);
  EXPECT_EQ(stats.gates[0].reason, "no-face");
  EXPECT_EQ(stats.gates[0].rejected.All().num_segments, 1);
  EXPECT_EQ(stats.gates[0].left.All().num_segments, 7);
  EXPECT_DOUBLE_EQ(stats.gates[0].left.All().duration_s, 7206.5 + 1.8 + 4);
  EXPECT_EQ(stats.gates[1].reason, "too-few-frames");
  EXPECT_EQ(stats.gates[1].left.All().num_segments, 5);
  EXPECT_EQ(stats.gates[2].reason, "a new reason");
  EXPECT_EQ(stats.gates[2].left.All().num_segments, 4);
  EXPECT_DOUBLE_EQ(stats.gates[2].left.All().duration_s, 7206.5);
}

TEST(CorpusStats, CountsADerivedDataset) {
  const CorpusStats stats = Example({.languages = {"kk", "unknown"}, .without = {Emotion::kSad}});
  ASSERT_EQ(stats.kept.by_language.size(), 1U);
  EXPECT_EQ(stats.kept.by_language.begin()->first, "kk");
  EXPECT_EQ(stats.by_speaker.size(), 1U);
  EXPECT_EQ(stats.before_gates.All().num_segments, 6);  // with those of no language, which have no label
  const Error error = ThrownBy([] { Example({.languages = {"kk", "KK"}}); });
  EXPECT_THAT(error.what(), HasSubstr("'KK'"));
  EXPECT_THAT(error.remedy(), HasSubstr("kk, ru, unknown"));
}

// Of two languages: kept, rejected for their voice, for noise (after they got a label) and for no face (before).
CorpusStats Filtered(const StatsOptions& options = {}) {
  const TemporaryFolder folder;
  Catalog catalog(folder / "catalog.db");
  const auto rejected = [](const char* reason, std::optional<Emotion> emotion, const char* language) {
    return RejectionRecord{
        .source = "1", .start_ms = 0, .end_ms = 1000, .reason = reason, .emotion = emotion, .language = language};
  };
  catalog.FinishSource(
      {.locator = "/1", .name = "1", .state = SourceState::kDone},
      {Segment("a", 1000, Emotion::kHappy, "kk"), Segment("b", 1000, Emotion::kSurprise, "kk"),
       Segment("c", 1000, Emotion::kSad, "ru")},
      {rejected("voice-disagrees", Emotion::kHappy, "kk"), rejected("voice-disagrees", Emotion::kSad, "ru"),
       rejected("voice-unknown", Emotion::kSurprise, "ru"), rejected("noisy", Emotion::kHappy, "kk"),
       rejected("no-face", std::nullopt, "kk")});
  catalog.SetVoiceChecks({{"a", VoiceCheck::kAgrees}, {"b", VoiceCheck::kUnverified}, {"c", VoiceCheck::kAgrees}});
  return StatsOf(catalog, options);
}

TEST(CorpusStats, CountsEmotionsBeforeAndAfterEachGate) {
  const CorpusStats stats = Filtered();
  ASSERT_EQ(stats.gates.size(), 4U);
  const auto num = [&](const DatasetTotals& datasets, const char* language, Emotion emotion) {
    return Of(datasets, language, emotion).num_segments;
  };
  EXPECT_EQ(num(stats.before_gates, "kk", Emotion::kHappy), 3);
  EXPECT_EQ(stats.before_gates.Merged().without_label.num_segments, 1);
  EXPECT_EQ(stats.gates[0].left.Merged().without_label.num_segments, 0);  // after no-face
  EXPECT_EQ(num(stats.gates[0].left, "kk", Emotion::kHappy), 3);
  EXPECT_EQ(num(stats.gates[1].left, "kk", Emotion::kHappy), 2);  // after noisy
  EXPECT_EQ(num(stats.gates[2].left, "kk", Emotion::kHappy), 1);  // after voice-disagrees
  EXPECT_EQ(num(stats.gates[2].rejected, "ru", Emotion::kSad), 1);
  EXPECT_EQ(num(stats.gates[3].left, "kk", Emotion::kSurprise), 1);
  EXPECT_EQ(num(stats.gates[3].left, "ru", Emotion::kSurprise), 0);
}

TEST(CorpusStats, CountsWhatWasThereBeforeTheVoiceCheck) {
  const CorpusStats stats = Filtered();
  EXPECT_EQ(stats.before_voice_check.All().num_segments, 6);
  EXPECT_EQ(Of(stats.before_voice_check, "kk", Emotion::kHappy).num_segments, 2);
  EXPECT_EQ(Of(stats.before_voice_check, "ru", Emotion::kSurprise).num_segments, 1);
  EXPECT_EQ(stats.by_voice_check.at(VoiceCheck::kAgrees).All().num_segments, 2);
  const LabelTotals& unverified = stats.by_voice_check.at(VoiceCheck::kUnverified);
  EXPECT_EQ(unverified.by_emotion[static_cast<std::size_t>(Emotion::kSurprise)].num_segments, 1);
  EXPECT_THAT(TextOf(stats), HasSubstr("\nbefore the voice check\nsegments            kk          ru       total\n"));
  EXPECT_THAT(TextOf(stats), HasSubstr("\nsurprise             1           1           2\n"));
  EXPECT_THAT(TextOf(stats), HasSubstr("2 segments sound like their label, 0 do not, 1 are unverified"));
  EXPECT_THAT(TextOf(stats), HasSubstr("\nnoisy                          0         0         0         2"));
}

TEST(CorpusStats, GatesAreThoseOfADerivedDataset) {
  const CorpusStats russian = Filtered({.languages = {"ru"}});
  ASSERT_EQ(russian.gates.size(), 2U);
  EXPECT_EQ(russian.before_voice_check.All().num_segments, 3);
  const CorpusStats without = Filtered({.without = {Emotion::kSurprise}});
  EXPECT_EQ(without.before_voice_check.All().num_segments, 4);
  EXPECT_EQ(without.by_voice_check.count(VoiceCheck::kUnverified), 0U);
}

TEST(CorpusStats, JsonHasTheMergedDatasetBesideEachLanguage) {
  const auto json = nlohmann::json::parse(JsonOf(Filtered()));
  EXPECT_EQ(json["before_voice_check"]["languages"]["kk"]["happy"]["segments"], 2);
  EXPECT_EQ(json["before_voice_check"]["merged"]["surprise"]["segments"], 2);
  EXPECT_EQ(json["before_voice_check"]["segments"], 6);
  EXPECT_EQ(json["languages"]["ru"]["sad"]["segments"], 1);
  EXPECT_EQ(json["merged"]["sad"]["segments"], 1);
  EXPECT_EQ(json["gates"][0]["rejected"]["merged"]["without_label"]["segments"], 1);
  EXPECT_EQ(json["gates"][1]["left"]["languages"]["kk"]["happy"]["segments"], 2);
  EXPECT_EQ(json["voice_check"]["unverified"]["emotions"]["surprise"]["segments"], 1);
  EXPECT_FALSE(json["voice_check"].contains("disagrees"));
}

TEST(CorpusStats, CountsSpeakers) {
  const CorpusStats stats = Example();
  ASSERT_EQ(stats.by_speaker.size(), 2U);
  EXPECT_EQ(stats.by_speaker.at("a")[static_cast<std::size_t>(Emotion::kSad)].num_segments, 1);
  EXPECT_EQ(stats.by_speaker.at("a")[static_cast<std::size_t>(Emotion::kHappy)].num_segments, 1);
  EXPECT_THAT(TextOf(stats, 1), testing::AllOf(HasSubstr("2 speakers "), HasSubstr("\nd     "), HasSubstr("2:00:00"),
                                               HasSubstr("and 1 who speak less")));
  EXPECT_THAT(TextOf(stats, 0), testing::AllOf(HasSubstr("\n2 speakers (--speakers shows who speaks most)\n"),
                                               testing::Not(HasSubstr("speak less"))));
  const auto json = nlohmann::json::parse(JsonOf(stats));
  EXPECT_EQ(json["speakers"]["a"]["segments"], 2);
  EXPECT_EQ(json["speakers"]["a"]["sad"]["duration_s"], 2);
  EXPECT_EQ(json["gates"][1]["left"]["segments"], 5);
}

TEST(CorpusStats, TheTablesSayTheSame) {
  const std::string text = TextOf(Example());
  EXPECT_THAT(text, HasSubstr("segments            kk          ru     unknown       total\n"));
  EXPECT_THAT(text, HasSubstr("happy                2           0           0           2\n"));
  EXPECT_THAT(text, HasSubstr("sad                  0           1           1           2\n"));
  EXPECT_THAT(text, HasSubstr("total                2           1           1           4\n"));
  EXPECT_THAT(text, HasSubstr("sad            0:00:00     0:00:02     2:00:00     2:00:02\n"));
  EXPECT_THAT(text, HasSubstr("2 harvested"));
  EXPECT_THAT(text, HasSubstr("1 not finished yet"));
  EXPECT_THAT(text, HasSubstr("too-few-frames                 2     0:00:02           5     2:00:11\n"));
  EXPECT_THAT(text, HasSubstr("rejected sources: 1 bad-input"));
}

TEST(CorpusStats, RestrictedTablesSayThatSourcesAreOfTheWholeCorpus) {
  for (const StatsOptions& options : {StatsOptions{.languages = {"kk"}}, StatsOptions{.without = {Emotion::kSad}}}) {
    const CorpusStats stats = Example(options);
    EXPECT_EQ(stats.num_sources_done, 2);
    EXPECT_THAT(TextOf(stats), testing::AllOf(HasSubstr("\nsources of the whole corpus: 2 harvested"),
                                              HasSubstr("\nframes of the whole corpus: 700 looked at"),
                                              HasSubstr("\nrejected sources of the whole corpus: 1 bad-input")));
  }
  EXPECT_THAT(TextOf(Example()), testing::Not(HasSubstr("whole corpus")));
}

TEST(CorpusStats, JsonSaysTheSame) {
  const auto json = nlohmann::json::parse(JsonOf(Example()));
  EXPECT_EQ(json["languages"]["kk"]["happy"]["segments"], 2);
  EXPECT_EQ(json["languages"]["unknown"]["sad"]["duration_s"], 7200);
  EXPECT_EQ(json["languages"]["kk"].size(), kNumEmotions);
  EXPECT_EQ(json["sources"]["done"], 2);
  EXPECT_EQ(json["sources"]["working"], 1);
  EXPECT_EQ(json["frames"]["without_face"], 100);
  EXPECT_EQ(json["frames"]["with_several_faces"], 95);
  EXPECT_EQ(json["frames"]["without_picture"], 5);
  EXPECT_EQ(json["rejected_segments"]["too-few-frames"], 2);
  EXPECT_EQ(json["rejected_sources"]["bad-input"], 1);
}

TEST(CorpusStats, AnEmptyCorpusHasTablesToo) {
  const TemporaryFolder folder;
  const CorpusStats stats = StatsOf(Catalog(folder / "catalog.db"));
  EXPECT_THAT(TextOf(stats), HasSubstr("0 harvested"));
  EXPECT_EQ(nlohmann::json::parse(JsonOf(stats))["sources"]["done"], 0);
}

}  // namespace
}  // namespace sezim
