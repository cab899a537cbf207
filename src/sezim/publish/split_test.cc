// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/split.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <set>

#include "sezim/base/error.h"
#include "sezim/publish/split_report.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

// A corpus of `num_sources` sources with 1 to 3 speakers each, some of whom are in other sources too or not known.
std::vector<SplitItem> Corpus(std::mt19937& random, int num_sources, int max_segments) {
  std::vector<SplitItem> items;
  for (int source = 0; source < num_sources; ++source) {
    const int num_segments = 1 + static_cast<int>(random() % static_cast<unsigned>(max_segments));
    const int num_speakers = 1 + static_cast<int>(random() % 3);
    for (int n = 0; n < num_segments; ++n) {
      const auto which = static_cast<int>(random() % static_cast<unsigned>(num_speakers));
      std::string speaker = fmt::format(
          "{}-{}", random() % 20 == 0 ? random() % static_cast<unsigned>(num_sources) : static_cast<unsigned>(source),
          which);
      if (random() % 4 == 0) speaker.clear();
      items.push_back({.id = fmt::format("{:04}-{:04}", source, n),
                       .emotion = kEmotions[std::min<std::size_t>(random() % 12, 6)],
                       .speaker = speaker,
                       .source = fmt::format("{:04}", source),
                       .duration_s = 1.5});
    }
  }
  return items;
}

// One speaker a source.
std::vector<SplitItem> OneSpeakerASource(std::mt19937& random, int num_sources, int max_segments) {
  std::vector<SplitItem> items = Corpus(random, num_sources, max_segments);
  for (SplitItem& item : items) item.speaker = item.source;
  return items;
}

TEST(Split, NoSpeakerAndNoSourceIsEverInTwoParts) {
  std::mt19937 random(1);
  int num_split = 0;
  for (int n = 0; n < 300; ++n) {
    const auto items = Corpus(random, 1 + static_cast<int>(random() % 40), 12);
    if (GroupsBy(SplitBy::kSpeakerAndSource, items).size() < 3) continue;
    ++num_split;
    const SplitRecord split = SplitSegments(items, {.seed = random()});
    EXPECT_EQ(split.parts.size(), items.size());
    std::map<std::string, std::set<Part>> parts_of;
    std::set<Part> parts;
    for (const SplitItem& item : items) {
      const Part part = split.parts.at(item.id);
      parts_of["source " + item.source].insert(part);
      if (!item.speaker.empty()) parts_of["speaker " + item.speaker].insert(part);
      parts.insert(part);
    }
    for (const auto& [who, where] : parts_of) EXPECT_EQ(where.size(), 1U) << who;
    EXPECT_EQ(parts.size(), 3U) << "a part is empty";
    const SplitReport report = ReportOf(items, split);
    EXPECT_EQ(report.num_shared_speakers + report.num_shared_sources, 0);
  }
  EXPECT_GT(num_split, 100);
}

TEST(Split, IsTheSameForSegmentsInAnyOrder) {
  std::mt19937 random(2);
  for (const SplitBy by : kSplitBys) {
    auto items = Corpus(random, 60, 12);
    const std::string wanted = ToJson(SplitSegments(items, {.by = by}));
    for (int n = 0; n < 5; ++n) {
      std::shuffle(items.begin(), items.end(), random);
      EXPECT_EQ(ToJson(SplitSegments(items, {.by = by})), wanted);
    }
    EXPECT_NE(ToJson(SplitSegments(items, {.by = by, .seed = 2})), wanted);
  }
}

TEST(Split, EveryPartHasItsShareOfEveryEmotion) {
  std::mt19937 random(3);
  for (const ByPart<double> shares : {ByPart<double>{0.8, 0.1, 0.1}, {0.6, 0.2, 0.2}, {0.9, 0, 0.1}}) {
    for (const SplitBy by : kSplitBys) {
      const auto items = OneSpeakerASource(random, 120, 30);
      const SplitReport report = ReportOf(items, SplitSegments(items, {.by = by, .shares = shares}));
      for (std::size_t e = 0; e < kNumEmotions; ++e) {
        std::int64_t all = 0;
        for (const PartTotals& part : report.parts) all += part.num_segments[e];
        for (std::size_t p = 0; p < kNumParts; ++p) {
          const double want = shares[p] * static_cast<double>(all);
          const double slack = by == SplitBy::kRandom ? 1.01 : 2 + 0.02 * static_cast<double>(all);
          EXPECT_NEAR(static_cast<double>(report.parts[p].num_segments[e]), want, slack)
              << NameOf(kParts[p]) << " " << NameOf(kEmotions[e]) << " of " << all;
        }
      }
    }
  }
}

TEST(Split, FindsTheBestOfAllSplitsOfFewSpeakers) {
  // Ten speakers of seven kinds: exactly one choice of dev and test has all that is wanted.
  std::vector<SplitItem> items;
  const auto add = [&](int speaker, Emotion emotion, int count) {
    for (int n = 0; n < count; ++n) {
      const std::string id = fmt::format("{:02}-{:04}", speaker, items.size());
      items.push_back(
          {.id = id, .emotion = emotion, .speaker = std::to_string(speaker), .source = id, .duration_s = 1});
    }
  };
  for (int speaker = 0; speaker < 8; ++speaker) {
    add(speaker, Emotion::kSad, speaker % 2 == 0 ? 16 : 0);
    add(speaker, Emotion::kHappy, speaker % 2 == 0 ? 0 : 16);
  }
  for (const int speaker : {8, 9}) {
    add(speaker, Emotion::kSad, 8);
    add(speaker, Emotion::kHappy, 8);
  }
  const SplitRecord split = SplitSegments(items, {});
  for (const SplitItem& item : items) EXPECT_EQ(split.parts.at(item.id) == Part::kTrain, item.speaker < "8");
}

TEST(Split, SegmentsJoinedThroughOthersStayTogether) {
  const std::vector<SplitItem> items = {
      {.id = "1", .speaker = "anna", .source = "x"},  {.id = "2", .speaker = "boris", .source = "x"},
      {.id = "3", .speaker = "boris", .source = "y"}, {.id = "4", .speaker = "", .source = "y"},
      {.id = "5", .speaker = "", .source = "z"},      {.id = "6", .speaker = "x", .source = "w"}};
  const std::vector<std::vector<std::size_t>> wanted = {{0, 1, 2, 3}, {4}, {5}};
  EXPECT_EQ(GroupsBy(SplitBy::kSpeakerAndSource, items), wanted);
}

TEST(Split, BySpeakerSegmentsOfOneSourceMayBeApart) {
  const std::vector<SplitItem> items = {
      {.id = "1", .speaker = "anna", .source = "x"},  {.id = "2", .speaker = "boris", .source = "x"},
      {.id = "3", .speaker = "boris", .source = "y"}, {.id = "4", .speaker = "", .source = "y"},
      {.id = "5", .speaker = "clara", .source = "y"}, {.id = "6", .speaker = "anna", .source = "z"}};
  // Who speaks in 4 may be Boris or Clara.
  const std::vector<std::vector<std::size_t>> wanted = {{0, 5}, {1, 2, 3, 4}};
  EXPECT_EQ(GroupsBy(SplitBy::kSpeaker, items), wanted);
  EXPECT_EQ(GroupsBy(SplitBy::kSpeakerAndSource, items).size(), 1U);
  EXPECT_EQ(GroupsBy(SplitBy::kRandom, items).size(), 6U);
}

TEST(Split, WhereEverybodyIsInEverySourceSpeakersCanBeKeptApart) {
  std::vector<SplitItem> items;
  for (int n = 0; n < 200; ++n) {
    items.push_back({.id = fmt::format("{:03}", n),
                     .emotion = kEmotions[static_cast<std::size_t>(n) % 2],
                     .speaker = fmt::format("speaker {}", n % 10),
                     .source = fmt::format("source {}", n / 20)});
  }
  const Error error = ThrownBy([&] { SplitSegments(items, {}); });
  EXPECT_THAT(error.what(), HasSubstr("1 group of speakers who share no source"));
  EXPECT_THAT(error.remedy(), AllOf(HasSubstr("--by speaker"), HasSubstr("--by random")));
  const SplitRecord split = SplitSegments(items, {.by = SplitBy::kSpeaker});
  const SplitReport report = ReportOf(items, split);
  EXPECT_EQ(report.num_shared_speakers, 0);
  EXPECT_EQ(report.num_shared_sources, 10);
  EXPECT_EQ(report.parts[2].num_speakers, 1);
  EXPECT_THAT(TextOf(report),
              HasSubstr("no speaker is in two parts; sources are shared: 10 sources in more than one part"));
  EXPECT_THAT(NotesOn(report), Contains(HasSubstr("10 sources in more than one part")));
  EXPECT_THAT(ToJson(split), HasSubstr(R"("by": "speaker",)"));
}

TEST(Split, OnlyWhatIsPossibleIsOffered) {
  const auto speakers = [](int count) {
    std::vector<SplitItem> items;
    for (int n = 0; n < 12; ++n) {
      items.push_back({.id = fmt::format("{:03}", n), .speaker = std::to_string(n % count), .source = "x"});
    }
    return items;
  };
  EXPECT_THAT(ThrownBy([&] { SplitSegments(speakers(1), {}); }).remedy(),
              AllOf(Not(HasSubstr("--by speaker")), Not(HasSubstr("--shares")), HasSubstr("--by random")));
  EXPECT_THAT(ThrownBy([&] { SplitSegments(speakers(2), {}); }).remedy(),
              AllOf(HasSubstr("two parts that share sources (--by speaker --shares 80/0/20)"),
                    HasSubstr("or parts that share speakers (--by random)")));
  const Error two = ThrownBy([&] { SplitSegments(speakers(2), {.by = SplitBy::kSpeaker}); });
  EXPECT_THAT(two.what(), HasSubstr("2 groups of speakers, too few for 3 parts without a common speaker"));
  EXPECT_THAT(two.remedy(),
              AllOf(HasSubstr("--shares 80/0/20"), Not(HasSubstr("--by speaker")), HasSubstr("--by random")));
  EXPECT_NO_THROW(SplitSegments(speakers(2), {.by = SplitBy::kSpeaker, .shares = {0.8, 0, 0.2}}));
}

TEST(Split, TooFewSpeakersAreSaidAndWhatIsPossible) {
  std::mt19937 random(4);
  const auto items = OneSpeakerASource(random, 2, 30);
  const Error error = ThrownBy([&] { SplitSegments(items, {}); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_THAT(error.what(), HasSubstr("2 groups of speakers who share no source, too few for 3 parts"));
  EXPECT_THAT(error.remedy(), AllOf(HasSubstr("--shares 80/0/20"), HasSubstr("--by random")));
  SplitSegments(items, {.shares = {0.8, 0, 0.2}});
  SplitSegments(items, {.by = SplitBy::kRandom});

  const auto one = OneSpeakerASource(random, 1, 30);
  const Error alone = ThrownBy([&] { SplitSegments(one, {.shares = {0.8, 0, 0.2}}); });
  EXPECT_THAT(alone.remedy(), AllOf(Not(HasSubstr("--shares")), HasSubstr("--by random")));
  EXPECT_EQ(ThrownBy([&] { SplitSegments({}, {}); }).kind(), ErrorKind::kUsage);
  EXPECT_THAT(ThrownBy([&] { SplitSegments({items[0]}, {.by = SplitBy::kRandom}); }).what(),
              HasSubstr("too few segments (1)"));
  const std::vector<SplitItem> two_items(items.begin(), items.begin() + 2);
  EXPECT_THAT(ThrownBy([&] { SplitSegments(two_items, {}); }).remedy(), HasSubstr("--by random --shares 50/0/50"));
  SplitSegments(two_items, {.by = SplitBy::kRandom, .shares = {0.5, 0, 0.5}});
}

TEST(Split, OneWhoSpeaksNearlyAllIsSaid) {
  std::vector<SplitItem> items;
  for (int n = 0; n < 100; ++n) {
    const std::string who = n < 90 ? "anna" : std::to_string(n);
    items.push_back({.id = fmt::format("{:03}", n),
                     .emotion = n == 5 ? Emotion::kFear : Emotion::kSad,
                     .speaker = who,
                     .source = who});
  }
  const auto notes = NotesOn(ReportOf(items, SplitSegments(items, {})));
  EXPECT_THAT(notes, Contains(HasSubstr("the largest with 90 segments")));
  EXPECT_THAT(notes, Contains("test has no fear"));
}

TEST(Split, ARandomOneSaysThatSpeakersAreShared) {
  std::mt19937 random(5);
  const auto items = OneSpeakerASource(random, 5, 40);
  const SplitReport report = ReportOf(items, SplitSegments(items, {.by = SplitBy::kRandom}));
  EXPECT_GT(report.num_shared_speakers, 0);
  EXPECT_THAT(TextOf(report), HasSubstr("speakers are shared: "));
  EXPECT_THAT(TextOf(ReportOf(items, SplitSegments(items, {}))), HasSubstr("no speaker and no source is in two parts"));
}

TEST(Split, SharesAreThreeNumbers) {
  EXPECT_EQ(SharesFromText("80/10/10"), (ByPart<double>{0.8, 0.1, 0.1}));
  EXPECT_EQ(SharesFromText("75/0/25"), (ByPart<double>{0.75, 0, 0.25}));
  EXPECT_EQ(SharesFromText("33/33/34"), (ByPart<double>{0.33, 0.33, 0.34}));
  EXPECT_EQ(SharesFromText("0.5/0.25/0.25"), (ByPart<double>{0.5, 0.25, 0.25}));
  EXPECT_NO_THROW(SharesFromText("0.8/0.1/0.1"));
  EXPECT_NO_THROW(SharesFromText("33.3/33.3/33.4"));
  for (const char* bad :
       {"", "80", "80/10", "80/10/10/5", "a/b/c", "80/-10/30", "80/10/10 ", "nan/1/1", "inf/1/1", "1e9/1/1"}) {
    EXPECT_EQ(ThrownBy([&] { SharesFromText(bad); }).kind(), ErrorKind::kUsage) << bad;
  }
  EXPECT_THAT(ThrownBy([&] { SharesFromText("80/10/20"); }).what(),
              HasSubstr("'80/10/20' of train/dev/test sum to 110, not to 100 or 1"));
  for (const char* bad : {"80/10/20", "80/10/9", "8/1/1", "3/0/1", "0.8/0.1/0.2", "0/0/0"}) {
    EXPECT_THAT(ThrownBy([&] { SharesFromText(bad); }).remedy(), HasSubstr("sum to 100 (or 1)")) << bad;
  }
  for (const char* bad : {"0/50/50", "100/0/0"}) {
    EXPECT_EQ(ThrownBy([&] { SplitSegments({}, {.shares = SharesFromText(bad)}); }).kind(), ErrorKind::kUsage) << bad;
  }
}

TEST(Split, ItsSeedIsANumberThatJsonHoldsExactly) {
  SplitOptions options{.seed = 9'007'199'254'740'991};
  options.RequireValid();
  ++options.seed;
  EXPECT_THAT(ThrownBy([&] { options.RequireValid(); }).what(), HasSubstr("9007199254740991"));
}

}  // namespace
}  // namespace sezim
