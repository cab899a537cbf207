// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/choose_speakers.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "support/made_speakers.h"

namespace sezim {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

TEST(ChooseSpeakers, KeepsTheFaceWhoseMouthMakesTheVoice) {
  const auto stretches = Choose({{.first = 40, .end = 160, .emotion = Emotion::kSad}}, {{2, 5}});
  EXPECT_THAT(stretches.rejected, IsEmpty());
  ASSERT_THAT(stretches.segments, SizeIs(1));
  const SegmentDraft& segment = stretches.segments[0];
  EXPECT_EQ(segment.emotion, Emotion::kSad);
  EXPECT_EQ(segment.agreement, 1);
  EXPECT_EQ(segment.num_frames, 9);  // the multiples of 8 from 56 to 120
  const std::int64_t padding_ms = std::llround(1000 * SpeakerOptions{}.padding_s);
  EXPECT_EQ(segment.start_ms, 2000 - padding_ms);
  EXPECT_EQ(segment.end_ms, 5000 + padding_ms);
}

TEST(ChooseSpeakers, TheLabelIsTheMeanOfTheLooksDuringTheSpeech) {
  FaceTrack track = TrackOf({.first = 0, .end = 200, .emotion = Emotion::kAngry});
  for (FaceLook& look : track.looks) {  // of 9 during the speech: three happier than the six others are sad
    if (look.picture >= 50 && look.picture < 125) {
      look.scores = look.picture < 75 ? Showing(Emotion::kHappy, 0.95F) : Showing(Emotion::kSad, 0.4F);
    }
  }
  const auto stretches = ChooseSpeakers(std::span(&track, 1), Speech({{2, 5}}), ReadIt, {});
  ASSERT_THAT(stretches.segments, SizeIs(1));
  const SegmentDraft& segment = stretches.segments[0];
  EXPECT_EQ(segment.emotion, Emotion::kHappy);
  EXPECT_NEAR(segment.agreement, 1.0 / 3, 1e-6);
  EXPECT_NEAR(ScoreOf(segment.scores, Emotion::kHappy), (3 * 0.95 + 6 * 0.1) / 9, 1e-5);
}

TEST(ChooseSpeakers, LooksWithoutScoresDoNotVote) {
  FaceTrack track = TrackOf({.first = 0, .end = 200, .emotion = Emotion::kAngry});
  for (FaceLook& look : track.looks) {
    if (look.picture % 16 != 0) look.scores = {};
  }
  const auto stretches = ChooseSpeakers(std::span(&track, 1), Speech({{2, 5}}), ReadIt, {});
  ASSERT_THAT(stretches.segments, SizeIs(1));
  EXPECT_EQ(stretches.segments[0].agreement, 1);
  EXPECT_FLOAT_EQ(ScoreOf(stretches.segments[0].scores, Emotion::kAngry),
                  ScoreOf(Showing(Emotion::kAngry), Emotion::kAngry));
  EXPECT_EQ(stretches.segments[0].num_frames, 9);  // all in which the face was found
}

TEST(LooksThatVote, AreTenOfASpanAtMostAndEvenlySpread) {
  const FaceTrack track = TrackOf({.first = 0, .end = 400});
  const std::vector<SpeechSpan> spans = {{2, 3}, {4, 12}};
  std::vector<std::int64_t> pictures;
  for (const std::size_t look : LooksThatVote(track, spans)) pictures.push_back(track.looks.at(look).picture);
  ASSERT_THAT(pictures, SizeIs(13));
  EXPECT_THAT(std::span(pictures).first(3), testing::ElementsAre(56, 64, 72));
  EXPECT_THAT(std::span(pictures).subspan(3), testing::ElementsAre(112, 128, 152, 168, 192, 208, 232, 248, 272, 288));
  EXPECT_THAT(LooksThatVote(track, {}), IsEmpty());
}

// A network's word of log odds as large as the first feature of a face, and what it was asked.
struct Network {
  struct Question {
    std::size_t num_pictures;
    std::vector<std::int16_t> sound;
  };
  std::vector<Question> asked{};

  ListenToFace listener() {
    return [this](std::span<const float> features, std::span<const std::int16_t> sound) {
      asked.push_back({features.size() / 2, {sound.begin(), sound.end()}});
      return std::vector<float>(features.size() / 2, features.front());
    };
  }
};

// With two features for each picture.
FaceTrack Judged(const Person& person, float log_odds) {
  FaceTrack track = TrackOf(person);
  track.features.assign(2 * track.mouth.size(), log_odds);
  return track;
}

TEST(ChooseSpeakers, ANetworkIsAskedAboutTheSpansPicturesAndSound) {
  Network network;
  const FaceTrack track = Judged({.first = 40, .end = 160}, 6);
  ChooseSpeakers(std::span(&track, 1), Speech({{2, 5}, {5.5, 8}}), ReadIt, {}, network.listener());
  ASSERT_THAT(network.asked, SizeIs(2));
  EXPECT_EQ(network.asked[0].num_pictures, 75U);
  EXPECT_EQ(network.asked[0].sound, ReadIt(2000, 5025));
  EXPECT_EQ(network.asked[1].num_pictures, 22U);  // from 5.52 s until the face is gone
  EXPECT_EQ(network.asked[1].sound, ReadIt(5520, 6425));
}

TEST(ChooseSpeakers, ANetworkHearsTheSourcesShiftedSound) {
  Network network;
  const FaceTrack track = Judged({.first = 0, .end = 1000, .sound_ahead = 3}, 6);
  const SoundTrack speech = Speech({{0, 5}, {6, 12}, {13, 18}, {19, 24}, {25, 30}});
  ChooseSpeakers(std::span(&track, 1), speech, ReadIt, {}, network.listener());
  ASSERT_THAT(network.asked, SizeIs(5));
  std::int64_t shift = 4;
  while (shift > -4 && network.asked[1].sound != ReadIt(6000 + 40 * shift, 12'025 + 40 * shift)) --shift;
  EXPECT_THAT(shift, testing::AnyOf(-2, -3));  // a picture's energy is half that of the one before
  std::vector<std::int16_t> first = ReadIt(0, 5025 + 40 * shift);
  first.insert(first.begin(), static_cast<std::size_t>(-40 * shift * kRateHz / 1000), 0);  // nothing before the start
  EXPECT_EQ(network.asked[0].sound, first);
}

TEST(ChooseSpeakers, ANetworksWordIsAddedToTheOtherEvidenceAndCannotOutweighAllOfIt) {
  const auto num_segments = [](unsigned says, float log_odds) {
    Network network;
    const FaceTrack track = Judged({.first = 40, .end = 160, .says = says}, log_odds);
    return ChooseSpeakers(std::span(&track, 1), Speech({{2, 5}}), ReadIt, {}, network.listener()).segments.size();
  };
  EXPECT_EQ(num_segments(kOther, 4), 0U);  // moves, but hardly with this voice
  EXPECT_EQ(num_segments(kOther, 7), 1U);
  EXPECT_EQ(num_segments(kVoice, 7), 1U);
  EXPECT_EQ(num_segments(kVoice, -1000), 1U);  // moves with this voice all along
}

// The only reason for which the face of `person` is not taken; "" if it is.
std::string ReasonAgainst(const Person& person, const SpeakerOptions& options = {}) {
  const auto stretches = Choose({person}, {{2, 5}}, options);
  EXPECT_EQ(stretches.segments.size() + stretches.rejected.size(), 1U);
  if (stretches.rejected.empty()) return "";
  EXPECT_EQ(stretches.rejected[0].start_ms, 2000);
  EXPECT_EQ(stretches.rejected[0].end_ms, 5000);
  EXPECT_EQ(stretches.rejected[0].emotion.has_value(), stretches.rejected[0].reason == "unsure-label");
  return stretches.rejected[0].reason;
}

TEST(ChooseSpeakers, TellsWhyAFaceIsNotTaken) {
  const Person person{.first = 50, .end = 125};
  EXPECT_EQ(ReasonAgainst(person), "");
  const auto with = [&](const auto& change) {
    Person other = person;
    change(other);
    return ReasonAgainst(other);
  };
  EXPECT_EQ(with([](Person& one) { one.mouth_motion = 0.04F; }), "mouth-rests");
  EXPECT_EQ(with([](Person& one) { one.eye_distance = 6.5F; }), "face-too-small");
  EXPECT_EQ(with([](Person& one) { one.turn = 1; }), "face-turned-away");
  EXPECT_EQ(with([](Person& one) { one.turn = -1; }), "face-turned-away");
  EXPECT_EQ(with([](Person& one) { one.sharpness = 0.01F; }), "face-blurred");
  EXPECT_EQ(with([](Person& one) { one.end = 60; }), "face-too-short");
  EXPECT_EQ(with([](Person& one) { one.first = 115; }), "face-too-short");
  EXPECT_EQ(with([](Person& one) { one.first = 130, one.end = 200; }), "no-face");
  EXPECT_EQ(with([](Person& one) { one.first = 0, one.end = 50; }), "no-face");
  EXPECT_EQ(ReasonAgainst(person, {.min_confidence = 0.9}), "unsure-label");
  EXPECT_EQ(ReasonAgainst(person, {.min_confidence = 0.6}), "");
}

TEST(ChooseSpeakers, FewPicturesASecondDoNotShowWhoSpeaks) {
  for (const int shown_for : {1, 2, 3}) {
    EXPECT_EQ(ReasonAgainst({.first = 50, .end = 125, .shown_for = shown_for}), "") << shown_for;
  }
  for (const int shown_for : {4, 5, 12, 25, 75}) {
    EXPECT_EQ(ReasonAgainst({.first = 50, .end = 125, .shown_for = shown_for}), "too-few-pictures") << shown_for;
  }
}

TEST(ChooseSpeakers, AMouthThatSaysSomethingElseHasTheVoiceOfAnother) {
  std::vector<std::string> reasons;
  for (unsigned seed = kOther; seed < kOther + 40; ++seed) {
    reasons.push_back(ReasonAgainst({.first = 50, .end = 125, .says = seed}));
    EXPECT_TRUE(reasons.back() == "" || reasons.back() == "voice-of-another");
  }
  EXPECT_GE(std::count(reasons.begin(), reasons.end(), "voice-of-another"), 32);  // chance makes some alike
}

TEST(ChooseSpeakers, AnUnsureMajorityIsNoLabelIfThatIsAsked) {
  FaceTrack track = TrackOf({.first = 50, .end = 125});
  for (std::size_t i = 0; i < track.looks.size(); i += 2) track.looks[i].scores = Showing(Emotion::kFear, 0.6F);
  const auto reject = [&](double min_agreement) {
    return ChooseSpeakers(std::span(&track, 1), Speech({{2, 5}}), ReadIt, {.min_agreement = min_agreement}).rejected;
  };
  EXPECT_THAT(reject(0.3), IsEmpty());
  ASSERT_THAT(reject(0.9), SizeIs(1));
  EXPECT_EQ(reject(0.9)[0].reason, "unsure-label");
}

TEST(ChooseSpeakers, OneBadLookAmongManyDoesNotCount) {
  FaceTrack track = TrackOf({.first = 50, .end = 125});
  track.looks[3].eye_distance = 1;
  track.looks[5].turn = 9;
  track.looks[7].sharpness = 0;
  EXPECT_THAT(ChooseSpeakers(std::span(&track, 1), Speech({{2, 5}}), ReadIt, {}).segments, SizeIs(1));
}

TEST(ChooseSpeakers, WithoutSpeechOrFacesThereIsNothing) {
  const auto silent = Choose({{.first = 0, .end = 100}}, {});
  EXPECT_THAT(silent.segments, IsEmpty());
  EXPECT_THAT(silent.rejected, IsEmpty());
  const auto unseen = Choose({}, {{1, 2}, {3, 4}});
  EXPECT_THAT(unseen.segments, IsEmpty());
  ASSERT_THAT(unseen.rejected, SizeIs(2));
  for (const RejectedStretch& stretch : unseen.rejected) {
    EXPECT_EQ(stretch.reason, "no-face");
    EXPECT_EQ(stretch.num_frames, 0);
  }
}

TEST(ChooseSpeakers, OfTwoFacesTheOneInStepWithTheVoiceIsTaken) {
  const Person speaker{.first = 50, .end = 125, .emotion = Emotion::kAngry};
  for (unsigned seed = kOther; seed < kOther + 10; ++seed) {
    const Person listener{.first = 50, .end = 125, .says = seed, .emotion = Emotion::kNeutral, .eye_distance = 90};
    for (const auto& people : {std::vector{speaker, listener}, {listener, speaker}}) {
      const auto stretches = Choose(people, {{2, 5}}, {.min_log_odds = -1000});  // either would do alone
      ASSERT_THAT(stretches.segments, SizeIs(1)) << seed;
      EXPECT_EQ(stretches.segments[0].emotion, Emotion::kAngry);
      EXPECT_THAT(stretches.rejected, IsEmpty());
    }
  }
}

TEST(ChooseSpeakers, TheReasonIsTheLikeliestFaces) {
  const auto stretches =
      Choose({{.first = 50, .end = 125, .says = kOther, .mouth_motion = 0.04F}, {.first = 50, .end = 125, .turn = 1}},
             {{2, 5}});
  ASSERT_THAT(stretches.rejected, SizeIs(1));
  EXPECT_EQ(stretches.rejected[0].reason, "face-turned-away");
}

TEST(ChooseSpeakers, NobodyIsTakenInThePlaceOfASpeakerWhoIsUnwanted) {
  const Person lesser{.first = 50, .end = 125, .mouth_motion = 0.3F};
  ASSERT_THAT(Choose({lesser}, {{2, 5}}).segments, SizeIs(1));
  const auto stretches = Choose({lesser, {.first = 50, .end = 125, .eye_distance = 7}}, {{2, 5}});
  EXPECT_THAT(stretches.segments, IsEmpty());
  ASSERT_THAT(stretches.rejected, SizeIs(1));
  EXPECT_EQ(stretches.rejected[0].reason, "face-too-small");
  // One that comes and goes takes nobody's place.
  EXPECT_THAT(Choose({lesser, {.first = 60, .end = 75}}, {{2, 5}}).segments, SizeIs(1));
}

TEST(ChooseSpeakers, FacesOneAfterTheOtherAreKeptWhereTheyAreInSight) {
  // The speaker is shown from two sides; in between there is something else.
  const auto stretches = Choose(
      {{.first = 40, .end = 130, .emotion = Emotion::kFear}, {.first = 150, .end = 230, .emotion = Emotion::kSad}},
      {{2, 8}});
  ASSERT_THAT(stretches.rejected, SizeIs(1));  // what lies between is counted
  EXPECT_EQ(stretches.rejected[0].reason, "no-face");
  EXPECT_EQ(stretches.rejected[0].start_ms, 130 * 40);
  EXPECT_EQ(stretches.rejected[0].end_ms, 150 * 40);
  ASSERT_THAT(stretches.segments, SizeIs(2));
  EXPECT_EQ(stretches.segments[0].emotion, Emotion::kFear);
  EXPECT_LT(stretches.segments[0].start_ms, 2000);
  EXPECT_EQ(stretches.segments[0].end_ms, 130 * 40);
  EXPECT_EQ(stretches.segments[1].emotion, Emotion::kSad);
  EXPECT_EQ(stretches.segments[1].start_ms, 150 * 40);
  EXPECT_GT(stretches.segments[1].end_ms, 8000);
}

TEST(ChooseSpeakers, WhatLiesBesideASegmentIsRejectedForWhoIsSeenThere) {
  const Person speaker{.first = 40, .end = 130};
  EXPECT_THAT(Choose({speaker}, {{2, 5.7}}).rejected, IsEmpty());  // too little for a segment
  const auto alone = Choose({speaker}, {{2, 9}});
  ASSERT_THAT(alone.segments, SizeIs(1));
  ASSERT_THAT(alone.rejected, SizeIs(1));
  EXPECT_EQ(alone.rejected[0].reason, "no-face");
  const auto with_listener = Choose({speaker, {.first = 130, .end = 240, .mouth_motion = 0}}, {{2, 9}});
  ASSERT_THAT(with_listener.segments, SizeIs(1));
  ASSERT_THAT(with_listener.rejected, SizeIs(1));
  EXPECT_EQ(with_listener.rejected[0].reason, "mouth-rests");
  EXPECT_EQ(with_listener.rejected[0].start_ms, 130 * 40);
  EXPECT_EQ(with_listener.rejected[0].end_ms, 9000);
  EXPECT_GT(with_listener.rejected[0].num_frames, 0);
}

TEST(ChooseSpeakers, AFaceMayBeSeenOverSeveralSpansThatFollowEachOther) {
  const auto stretches = Choose({{.first = 0, .end = 300}}, {{1, 4}, {4, 7.5}, {7.5, 11}});
  ASSERT_THAT(stretches.segments, SizeIs(3));
  EXPECT_EQ(stretches.segments[0].end_ms, 4000);  // there is no pause to keep a half of
  EXPECT_EQ(stretches.segments[1].start_ms, 4000);
  EXPECT_EQ(stretches.segments[1].end_ms, 7500);
  EXPECT_EQ(stretches.segments[2].start_ms, 7500);
}

TEST(ChooseSpeakers, PaddingIsAtMostHalfOfThePauseAndWithinTheSound) {
  const SpeakerOptions options{.padding_s = 0.5};
  const auto stretches = Choose({{.first = 0, .end = 1500}}, {{0.3, 3}, {3.4, 6}, {10, 13}, {57, 59.9}}, options);
  ASSERT_THAT(stretches.segments, SizeIs(4));
  EXPECT_EQ(stretches.segments[0].start_ms, 150);
  EXPECT_EQ(stretches.segments[0].end_ms, 3200);
  EXPECT_EQ(stretches.segments[1].start_ms, 3200);
  EXPECT_EQ(stretches.segments[1].end_ms, 6500);
  EXPECT_EQ(stretches.segments[2].start_ms, 9500);
  EXPECT_EQ(stretches.segments[3].start_ms, 56'500);
  EXPECT_EQ(stretches.segments[3].end_ms, 59'950);
}

TEST(ChooseSpeakers, ReadsNoMoreSoundThanASpanNeeds) {
  std::vector<FaceTrack> tracks = {TrackOf({.first = 0, .end = 1500})};
  const std::vector<SpeechSpan> spans = {{0, 3}, {20, 25}, {59, 60}};
  std::size_t num_read = 0;
  const ReadSound read = [&](std::int64_t from_ms, std::int64_t to_ms) {
    EXPECT_GE(from_ms, 0);
    const bool is_near = std::any_of(spans.begin(), spans.end(), [&](const SpeechSpan& span) {
      return static_cast<double>(from_ms) > 1000 * span.start_s - 1500 &&
             static_cast<double>(to_ms) < 1000 * span.end_s + 1500;
    });
    EXPECT_TRUE(is_near) << from_ms << " to " << to_ms;
    ++num_read;
    return ReadIt(from_ms, to_ms);
  };
  ChooseSpeakers(tracks, Speech(spans), read, {});
  EXPECT_EQ(num_read, spans.size());
  ChooseSpeakers({}, Speech(spans), read, {});
  EXPECT_EQ(num_read, spans.size());  // without faces none at all
}

TEST(ChooseSpeakers, ASourceWhoseSoundRunsAheadOrBehindAllAlongIsHeardInTime) {
  std::vector<SpeechSpan> spans;
  for (int i = 0; i < 10; ++i) spans.push_back({2 + 5.0 * i, 5 + 5.0 * i});
  for (const int ahead : {-3, -1, 0, 2, 3}) {
    EXPECT_THAT(Choose({{.first = 0, .end = 1500, .sound_ahead = ahead}}, spans).segments, SizeIs(10)) << ahead;
  }
  EXPECT_THAT(Choose({{.first = 0, .end = 1500, .sound_ahead = 30}}, spans).segments, SizeIs(testing::Le(3U)));
}

TEST(ChooseSpeakers, AMouthIsWeighedAgainstTheVoiceOfWhenItsPictureWasTaken) {
  const auto num_kept = [](int ahead, float age_s) {
    return Choose({{.first = 50, .end = 125, .sound_ahead = ahead, .age_s = age_s}}, {{2, 5}}).segments.size();
  };
  EXPECT_EQ(num_kept(0, 0), 1U);
  EXPECT_EQ(num_kept(10, 0.4F), 1U);
  EXPECT_EQ(num_kept(10, 0), 0U);
  EXPECT_EQ(num_kept(0, 0.4F), 0U);
}

// Faces whose mouths follow the voice from 4 to 6 s but loosely; how many are kept there, by what their mouths do from
// 2 to 4 s and from 6 to 8 s.
std::size_t NumKeptBetween(unsigned says) {
  std::size_t num_kept = 0;
  for (unsigned seed = 100; seed < 140; ++seed) {
    FaceTrack track = TrackOf({.first = 50, .end = 200, .says = says});
    const std::vector<double> voice = Wandering(kVoice), other = Wandering(seed);
    for (std::size_t i = 100; i < 150; ++i) {
      track.mouth[i - 50].openness = static_cast<float>(voice[i] + 2.5 * other[i]);
    }
    const auto segments = ChooseSpeakers(std::span(&track, 1), Speech({{2, 4}, {4, 6}, {6, 8}}), ReadIt, {}).segments;
    for (const SegmentDraft& segment : segments) num_kept += segment.start_ms == 4000 ? 1 : 0;
  }
  return num_kept;
}

TEST(ChooseSpeakers, WhoSpeaksBeforeAndAfterMoreLikelySpeaksBetween) {
  EXPECT_GT(NumKeptBetween(kVoice), NumKeptBetween(kOther) + 5);
}

struct RandomWorld {
  explicit RandomWorld(unsigned seed) {
    std::mt19937 random(seed);
    const auto any = [&](double low, double high) { return std::uniform_real_distribution<double>(low, high)(random); };
    for (double at = any(0, 2); at < 58;) {
      const double end = std::min(60.0, at + any(0.3, 6));
      spans.push_back({at, end});
      at = end + (random() % 4 == 0 ? 0 : any(0.03, 2));
    }
    options.padding_s = any(0, 1);
    options.min_segment_s = any(0.2, 1.5);
    options.min_log_odds = random() % 2 == 0 ? 0 : -1000;  // any face in sight
    for (std::int64_t first = 0; first < 1490;) {          // tracks come ascending, and overlap
      const auto end = std::min<std::int64_t>(1500, first + 1 + static_cast<std::int64_t>(any(0, 150)));
      people.push_back({.first = first,
                        .end = end,
                        .says = random() % 2 == 0 ? kVoice : kOther,
                        .mouth_motion = random() % 5 == 0 ? 0.0F : 0.4F,
                        .turn = random() % 8 == 0 ? 1.0F : 0.0F});
      first += static_cast<std::int64_t>(any(0, 100));
    }
  }

  std::vector<SpeechSpan> spans;
  std::vector<Person> people;
  SpeakerOptions options;
};

TEST(ChooseSpeakers, SegmentsAreAscendingDisjointAndEachOfOneSpan) {
  std::size_t num_segments = 0, num_shared = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    const RandomWorld world(seed);
    const HarvestedStretches chosen = Choose(world.people, world.spans, world.options);
    std::int64_t until_ms = 0;
    std::vector<std::size_t> of_span(world.spans.size(), 0);
    for (const SegmentDraft& segment : chosen.segments) {
      EXPECT_GE(segment.start_ms, until_ms);
      EXPECT_GE(static_cast<double>(segment.end_ms - segment.start_ms), 1000 * world.options.min_segment_s - 200);
      EXPECT_LE(segment.end_ms, 60'000);
      EXPECT_GT(segment.num_frames, 0);
      until_ms = segment.end_ms;
      const double start_s = static_cast<double>(segment.start_ms) / 1000;
      const double end_s = static_cast<double>(segment.end_ms) / 1000;
      for (std::size_t i = 0; i < world.spans.size(); ++i) {
        const SpeechSpan& span = world.spans[i];
        if (std::min(end_s, span.end_s) - std::max(start_s, span.start_s) < 0.1) continue;
        ++of_span[i];
        EXPECT_GE(start_s, span.start_s - world.options.padding_s - 1e-3);
        EXPECT_LE(end_s, span.end_s + world.options.padding_s + 1e-3);
      }
    }
    // All speech is in a segment or rejected, and nothing is both, but for what is too short for a segment.
    for (const RejectedStretch& stretch : chosen.rejected) {
      for (const SegmentDraft& segment : chosen.segments) {
        EXPECT_LE(std::min(stretch.end_ms, segment.end_ms) - std::max(stretch.start_ms, segment.start_ms),
                  1000 * world.options.padding_s + 40);
      }
    }
    for (std::size_t i = 0; i < world.spans.size(); ++i) {
      double unheard_ms = 0;
      for (double ms = 1000 * world.spans[i].start_s; ms < 1000 * world.spans[i].end_s; ms += 10) {
        const auto covers = [&](const auto& one) {
          return static_cast<double>(one.start_ms) - 40 <= ms && ms <= static_cast<double>(one.end_ms) + 40;
        };
        const bool is_told = std::any_of(chosen.segments.begin(), chosen.segments.end(), covers) ||
                             std::any_of(chosen.rejected.begin(), chosen.rejected.end(), covers);
        unheard_ms = is_told ? 0 : unheard_ms + 10;
        EXPECT_LE(unheard_ms, 1000 * world.options.min_segment_s + 80);
      }
      num_shared += of_span[i] > 1;
    }
    num_segments += chosen.segments.size();
  }
  EXPECT_GT(num_segments, 300U);  // the worlds are worth a look
  EXPECT_GT(num_shared, 10U);
}

}  // namespace
}  // namespace sezim
