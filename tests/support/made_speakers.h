// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <vector>

#include "sezim/harvest/choose_speakers.h"

namespace sezim {

// People whose mouths move with a voice, or do not, and a minute of that voice: what speakers are chosen from.

inline constexpr int kRateHz = 16'000;

// How loud a voice is, or how far a mouth opens, at each picture of a minute: it wanders between 0 and 1, another way
// for each seed.
inline std::vector<double> Wandering(unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  std::vector<double> series;
  double at = 0;
  for (int i = 0; i < 60 * kPicturesPerS; ++i) {
    at = 0.5 * at + normal(random);
    series.push_back(1 / (1 + std::exp(-at)));
  }
  return series;
}

inline constexpr unsigned kVoice = 1;  // the seed of the voice that is heard
inline constexpr unsigned kOther = 2;  // of what somebody else says

// A minute of a tone in the middle of the band, as loud as the voice.
inline const std::vector<std::int16_t>& Sound() {
  static const std::vector<std::int16_t> sound = [] {
    const std::vector<double> loudness = Wandering(kVoice);
    std::vector<std::int16_t> samples(60 * kRateHz);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const double amplitude = 8192 * std::pow(10, loudness[i * kPicturesPerS / kRateHz] - 1);
      samples[i] = static_cast<std::int16_t>(
          std::lround(amplitude * std::sin(2 * std::numbers::pi * 1400 * static_cast<double>(i) / kRateHz)));
    }
    return samples;
  }();
  return sound;
}

inline std::vector<std::int16_t> ReadIt(std::int64_t from_ms, std::int64_t to_ms) {
  const auto last = static_cast<std::int64_t>(Sound().size());
  const std::int64_t from = std::clamp<std::int64_t>(16 * from_ms, 0, last);
  return {Sound().begin() + from, Sound().begin() + std::clamp<std::int64_t>(16 * to_ms, from, last)};
}

inline SoundTrack Speech(std::vector<SpeechSpan> spans) {
  return {.num_samples = static_cast<std::int64_t>(Sound().size()), .speech = std::move(spans)};
}

inline EmotionScores Showing(Emotion emotion, float score = 0.7F) {
  EmotionScores scores;
  scores.fill((1 - score) / (kNumEmotions - 1));
  ScoreOf(scores, emotion) = score;
  return scores;
}

// A face that may be taken, whose mouth moves with the series of the seed `says`; in sight for pictures [first, end).
struct Person {
  std::int64_t first = 0;
  std::int64_t end = 0;
  unsigned says = kVoice;
  Emotion emotion = Emotion::kHappy;
  float mouth_motion = 0.4F;
  float eye_distance = 60;
  float turn = 0.05F;
  float sharpness = 0.6F;
  int sound_ahead = 0;  // the voice is heard so many pictures before the mouth is seen to make it
  float age_s = 0;      // so long has each picture been shown already
  int shown_for = 1;    // pictures of the clock, each
};

inline FaceTrack TrackOf(const Person& person) {
  const std::vector<double> openness = Wandering(person.says);
  FaceTrack track{.first_picture = person.first};
  for (std::int64_t picture = person.first; picture < person.end; ++picture) {
    const std::int64_t shown_on = picture % person.shown_for;
    const auto heard = std::clamp<std::int64_t>(picture - shown_on - person.sound_ahead, 0, 60 * kPicturesPerS - 1);
    track.mouth.push_back({.openness = static_cast<float>(openness.at(static_cast<std::size_t>(heard))),
                           .mouth_motion = person.mouth_motion,
                           .upper_motion = 0.2F,
                           .change = shown_on == 0 ? 3.0F : 0.0F,
                           .age_s = person.age_s + static_cast<float>(shown_on) / kPicturesPerS});
    if (picture == person.first || picture + 1 == person.end || picture % kPicturesPerLook == 0) {
      track.looks.push_back({.picture = picture,
                             .box = {0, 0, 100, 100},
                             .score = 0.9F,
                             .eye_distance = person.eye_distance,
                             .turn = person.turn,
                             .sharpness = person.sharpness,
                             .scores = Showing(person.emotion)});
    }
  }
  return track;
}

inline HarvestedStretches Choose(const std::vector<Person>& people, const std::vector<SpeechSpan>& spans,
                                 const SpeakerOptions& options = {}) {
  std::vector<FaceTrack> tracks;
  for (const Person& person : people) tracks.push_back(TrackOf(person));
  return ChooseSpeakers(tracks, Speech(spans), ReadIt, options);
}

}  // namespace sezim
