// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/choose_speakers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "sezim/harvest/labeller.h"
#include "sezim/speech/band_energy.h"
#include "sezim/vision/speaking.h"

namespace sezim {
namespace {

// A face that is in sight from so soon after the span's start, or until so shortly before its end, is in sight for the
// whole of it.
constexpr std::int64_t kTolerancePictures = kPicturesPerLook - 1;

// Below it a mouth that does not make the voice is said to rest, else to say other words.
constexpr double kRestingMotionRatio = 1.45;

// Lips meet and part some four times a second, with the syllables. Fewer pictures a second than these do not show how
// they move: whatever is heard agrees with a few of them by chance.
constexpr double kLeastPicturesPerS = 7;

// Note [Sound that runs ahead]
// Sound and picture of a recording may be some pictures apart, all along. So the evidence is weighed with the voice
// moved by up to kMaxShift pictures either way, and the one shift of the whole source that explains most is taken, if
// it explains clearly more than none: single spans must not choose theirs, since chance would find one for each.
constexpr int kMaxShift = 4;
constexpr std::size_t kNumShifts = 2 * kMaxShift + 1;
constexpr double kClearly = 1.25;  // times
constexpr double kAndBy = 6;       // log odds

// Note [One turn after another]
// Who speaks in one span mostly speaks in the next one too, as long as their face stays in sight. The spans over which
// one face is followed without a break are therefore a chain with two states, speaking or not, that lasts from one span
// to the next with this probability; each span's log odds are those given the whole chain (forward-backward). Others'
// spans can so add log(kStay / (1 - kStay)) = 1.7 at most from either side.
constexpr double kStay = 0.85;

// Note [A network's word]
// A network (ActiveSpeaker) tells much surer than synchrony and motion do whether a mouth speaks at all, but hardly
// whether it speaks these words: over the spans of two programmes the mean of its log odds was 6.4 of faces that made
// the voice, 4.7 of dubbed ones and -1.4 of those that listened, with deviations of 1.2 to 1.8. So its word is added to
// the other evidence, measured from the middle between the first two, with the weight that these deviations give it,
// and cannot outweigh everything else.
constexpr double kNetworkMiddle = 5.5;
constexpr double kNetworkWeight = 1.2;
constexpr double kLeastWord = -6;
constexpr double kMostWord = 2;
constexpr std::int64_t kWindowMs = 25;  // of sound that it hears from the last picture's end on

// What log odds `from` a neighbour's are worth here.
double Message(double from) {
  // Both sums are divided by exp(max(from, 0)), so that nothing overflows.
  const double up = std::exp(std::min(from, 0.0));
  const double down = std::exp(-std::max(from, 0.0));
  return std::log(kStay * up + (1 - kStay) * down) - std::log((1 - kStay) * up + kStay * down);
}

// A face during a span, and what is to be said of it.
struct Candidate {
  std::size_t track = 0;
  PictureSpan pictures{};
  std::vector<FaceLook> looks{};
  std::array<SpeakingEvidence, kNumShifts> evidence_at{};  // with the voice moved by -kMaxShift, … pictures
  SpeakingEvidence evidence{};                             // with that of the source
  double log_odds = 0;                                     // given the face's other spans too
  const char* objection = nullptr;                         // the reason for which it is not taken
};

double Median(const std::vector<FaceLook>& looks, float FaceLook::*number) {
  std::vector<float> values;
  for (const FaceLook& look : looks) values.push_back(std::abs(look.*number));
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

bool IsLongEnough(const Candidate& candidate, const SpeakerOptions& options) {
  const double length_s = static_cast<double>(candidate.pictures.size()) / kPicturesPerS;
  const bool has_label = std::any_of(candidate.looks.begin(), candidate.looks.end(),
                                     [](const FaceLook& look) { return look.has_scores(); });
  return length_s >= options.min_segment_s && has_label;
}

bool ShowsLipsMove(const SpeakingEvidence& evidence) {
  const double length_s = static_cast<double>(evidence.num_pictures) / kPicturesPerS;
  return static_cast<double>(evidence.num_different) >= kLeastPicturesPerS * length_s;
}

const char* ObjectionTo(const Candidate& candidate, const SpeakerOptions& options) {
  if (!IsLongEnough(candidate, options)) return "face-too-short";
  if (Median(candidate.looks, &FaceLook::eye_distance) < options.min_eye_distance_px) return "face-too-small";
  if (Median(candidate.looks, &FaceLook::turn) > options.max_turn) return "face-turned-away";
  if (Median(candidate.looks, &FaceLook::sharpness) < options.min_sharpness) return "face-blurred";
  if (!ShowsLipsMove(candidate.evidence)) return "too-few-pictures";
  if (candidate.log_odds >= options.min_log_odds) return nullptr;
  return candidate.evidence.motion_ratio < kRestingMotionRatio ? "mouth-rests" : "voice-of-another";
}

constexpr const char* kUnsureLabel = "unsure-label";

Label LabelOf(const Candidate& candidate) {
  std::vector<EmotionScores> scores;
  for (const FaceLook& look : candidate.looks) {
    if (look.has_scores()) scores.push_back(look.scores);
  }
  return LabelByMean(scores);
}

std::string Describe(const Candidate& candidate) {
  const SpeakingEvidence& evidence = candidate.evidence;
  return fmt::format(
      "synchrony {:.2f}, motion ratio {:.2f} over {} pictures, {} of them different; log odds {:.1f}, with its other "
      "spans {:.1f}",
      evidence.synchrony, evidence.motion_ratio, evidence.num_pictures, evidence.num_different, evidence.log_odds,
      candidate.log_odds);
}

class SpanDecider {
 public:
  SpanDecider(std::span<const FaceTrack> tracks, const SoundTrack& sound, const ReadSound& read_sound,
              const SpeakerOptions& options, const ListenToFace& listen)
      : tracks_(tracks), sound_(sound), read_sound_(read_sound), options_(options), listen_(listen) {}

  HarvestedStretches DecideAll() {
    for (const SpeechSpan& span : sound_.speech) candidates_.push_back(CandidatesFor(span));
    WeighTogether(ShiftOfSource());
    for (std::size_t i = 0; i < sound_.speech.size(); ++i) Decide(i);
    std::sort(stretches_.segments.begin(), stretches_.segments.end(),  // those of one span came by their odds
              [](const SegmentDraft& a, const SegmentDraft& b) { return a.start_ms < b.start_ms; });
    return std::move(stretches_);
  }

 private:
  // See Note [Sound that runs ahead].
  std::size_t ShiftOfSource() const {
    std::array<double, kNumShifts> total{};
    for (const auto& candidates : candidates_) {
      for (const Candidate& candidate : candidates) {
        for (std::size_t i = 0; i < kNumShifts; ++i) total[i] += std::max(0.0, candidate.evidence_at[i].log_odds);
      }
    }
    const auto best = static_cast<std::size_t>(std::max_element(total.begin(), total.end()) - total.begin());
    return total[best] > kClearly * total[kMaxShift] + kAndBy ? best : kMaxShift;
  }

  // See Note [One turn after another].
  void WeighTogether(std::size_t shift) {
    std::map<std::size_t, std::vector<Candidate*>> chains;  // of each track, in the order of the spans
    for (auto& candidates : candidates_) {
      for (Candidate& candidate : candidates) {
        candidate.evidence = candidate.evidence_at[shift];
        if (listen_) AskNetwork(candidate, static_cast<std::int64_t>(shift) - kMaxShift);
        candidate.log_odds = candidate.evidence.log_odds;
        chains[candidate.track].push_back(&candidate);
      }
    }
    for (auto& [track, chain] : chains) {
      double forward = 0;
      for (Candidate* candidate : chain) {
        candidate->log_odds += forward;
        forward = Message(candidate->log_odds);
      }
      double backward = 0;
      for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
        const double onward = Message((*at)->evidence.log_odds + backward);
        (*at)->log_odds += backward;
        backward = onward;
      }
    }
    for (auto& candidates : candidates_) {
      for (Candidate& candidate : candidates) candidate.objection = ObjectionTo(candidate, options_);
    }
  }

  // See Note [A network's word]. The voice is moved by `shift` pictures.
  void AskNetwork(Candidate& candidate, std::int64_t shift) const {
    const FaceTrack& track = tracks_[candidate.track];
    const std::size_t each = track.features.size() / track.mouth.size();
    const auto from = static_cast<std::size_t>(candidate.pictures.first - track.first_picture) * each;
    const auto features =
        std::span(track.features).subspan(from, static_cast<std::size_t>(candidate.pictures.size()) * each);
    const std::int64_t from_ms = (candidate.pictures.first + shift) * 1000 / kPicturesPerS;
    const std::int64_t end_ms = (candidate.pictures.end + shift) * 1000 / kPicturesPerS + kWindowMs;
    std::vector<std::int16_t> sound = read_sound_(std::max<std::int64_t>(0, from_ms), end_ms);
    if (from_ms < 0) sound.insert(sound.begin(), static_cast<std::size_t>(-from_ms * 16), 0);
    const std::vector<float> log_odds = listen_(features, sound);
    if (log_odds.empty()) return;
    const double mean = std::accumulate(log_odds.begin(), log_odds.end(), 0.0) / static_cast<double>(log_odds.size());
    candidate.evidence.log_odds += std::clamp(kNetworkWeight * (mean - kNetworkMiddle), kLeastWord, kMostWord);
  }

  void Decide(std::size_t index) {
    const SpeechSpan& span = sound_.speech[index];
    std::vector<Candidate>& candidates = candidates_[index];
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.log_odds > b.log_odds; });
    std::vector<PictureSpan> taken;  // by faces that speak, even if they are too small, turned away or blurred
    std::vector<const Candidate*> kept;
    const char* objection = "no-face";
    for (Candidate& candidate : candidates) {
      const bool is_free = std::none_of(taken.begin(), taken.end(), [&](const PictureSpan& other) {
        return candidate.pictures.first < other.end && other.first < candidate.pictures.end;
      });
      const char* reason = candidate.objection;
      if (is_free && IsLongEnough(candidate, options_) && candidate.log_odds >= options_.min_log_odds) {
        taken.push_back(candidate.pictures);
        if (reason == nullptr) reason = candidate.objection = Keep(index, candidate);
        if (reason == nullptr) kept.push_back(&candidate);
      }
      if (&candidate == &candidates.front() && reason != nullptr) objection = reason;
    }
    if (!kept.empty()) {
      RejectRest(span, candidates, kept);
    } else {
      Reject(MsOf(span.start_s), MsOf(span.end_s), objection, candidates.empty() ? nullptr : &candidates.front());
    }
  }

  // `best`: of whom the reason is said; null if there is nobody.
  void Reject(std::int64_t start_ms, std::int64_t end_ms, const char* reason, const Candidate* best) {
    RejectedStretch rejected{start_ms, end_ms, reason};
    if (best != nullptr) {
      rejected.num_frames = std::ssize(best->looks);
      rejected.detail = Describe(*best);
      if (std::string_view(reason) == kUnsureLabel) rejected.emotion = LabelOf(*best).emotion;
    }
    stretches_.rejected.push_back(std::move(rejected));
  }

  // Of a span of which segments were made: what lies beside them and would be long enough for one.
  void RejectRest(const SpeechSpan& span, const std::vector<Candidate>& candidates,
                  std::vector<const Candidate*> kept) {
    std::sort(kept.begin(), kept.end(),
              [](const Candidate* a, const Candidate* b) { return a->pictures.first < b->pictures.first; });
    const PictureSpan whole = PicturesOf(span);
    std::int64_t from = whole.first;
    const auto reject_until = [&](std::int64_t until) {
      if (static_cast<double>(until - from) < options_.min_segment_s * kPicturesPerS) return;
      const auto who = std::find_if(candidates.begin(), candidates.end(), [&](const Candidate& one) {
        return one.pictures.first < until && from < one.pictures.end;  // the largest log odds come first
      });
      const Candidate* best = who == candidates.end() ? nullptr : &*who;
      const char* reason = best == nullptr ? "no-face" : best->objection;
      if (reason == nullptr) reason = "voice-of-another";  // it overlaps with a face that speaks more surely
      Reject(from * 1000 / kPicturesPerS, until * 1000 / kPicturesPerS, reason, best);
    };
    for (const Candidate* one : kept) {
      reject_until(one->pictures.first);
      from = std::max(from, one->pictures.end);
    }
    reject_until(whole.end);
  }

  std::vector<Candidate> CandidatesFor(const SpeechSpan& span) {
    const PictureSpan pictures = PicturesOf(span);
    while (first_track_ < tracks_.size() && tracks_[first_track_].end_picture() <= pictures.first) ++first_track_;
    std::vector<Candidate> candidates;
    Sound sound;
    for (std::size_t i = first_track_; i < tracks_.size(); ++i) {
      const FaceTrack& track = tracks_[i];
      if (track.first_picture >= pictures.end + kUnitSeconds * kPicturesPerS) break;  // of a later unit
      Candidate one{
          .track = i,
          .pictures = {std::max(pictures.first, track.first_picture), std::min(pictures.end, track.end_picture())}};
      if (one.pictures.size() <= 0) continue;
      if (sound.samples.empty()) sound = SoundAround(pictures);
      const auto in_track = static_cast<std::size_t>(one.pictures.first - track.first_picture);
      const auto size = static_cast<std::size_t>(one.pictures.size());
      for (const FaceLook& look : track.looks) {
        if (look.picture >= one.pictures.first && look.picture < one.pictures.end) one.looks.push_back(look);
      }
      const auto mouth = std::span(track.mouth).subspan(in_track, size);
      const std::vector<float> energy = EnergyAt(one.pictures.first, mouth, sound);
      for (std::size_t shift = 0; shift < kNumShifts; ++shift) {
        one.evidence_at[shift] = WeighSpeaking(mouth, std::span(energy).subspan(shift * size, size));
      }
      candidates.push_back(std::move(one));
    }
    return candidates;
  }

  struct Sound {
    std::int64_t from_ms = 0;
    std::vector<std::int16_t> samples{};
  };

  Sound SoundAround(const PictureSpan& pictures) const {
    constexpr std::int64_t kMarginMs = 1000 * kMaxShift / kPicturesPerS + 1100;  // a picture may be a second old
    const std::int64_t from_ms = std::max<std::int64_t>(0, pictures.first * 1000 / kPicturesPerS - kMarginMs);
    return {from_ms, read_sound_(from_ms, pictures.end * 1000 / kPicturesPerS + kMarginMs)};
  }

  // The voice's energy when each picture was taken, once for every shift.
  static std::vector<float> EnergyAt(std::int64_t first_picture, std::span<const MouthMeasure> mouth,
                                     const Sound& sound) {
    std::vector<double> times_s;
    for (int shift = -kMaxShift; shift <= kMaxShift; ++shift) {
      for (std::size_t i = 0; i < mouth.size(); ++i) {
        const double nominal_s =
            static_cast<double>(first_picture + shift + static_cast<std::int64_t>(i)) / kPicturesPerS;
        times_s.push_back(nominal_s - mouth[i].age_s - static_cast<double>(sound.from_ms) / 1000);
      }
    }
    return BandEnergy(sound.samples, times_s);
  }

  // Makes a segment of it, or returns why not.
  const char* Keep(std::size_t index, const Candidate& candidate) {
    const Label label = LabelOf(candidate);
    if (ScoreOf(label.scores, label.emotion) < options_.min_confidence || label.agreement < options_.min_agreement) {
      return kUnsureLabel;
    }
    const SpeechSpan& span = sound_.speech[index];
    const PictureSpan whole = PicturesOf(span);
    double start_s = static_cast<double>(candidate.pictures.first) / kPicturesPerS;
    double end_s = static_cast<double>(candidate.pictures.end) / kPicturesPerS;
    if (candidate.pictures.first - whole.first <= kTolerancePictures) {
      const double before_s = index > 0 ? sound_.speech[index - 1].end_s : 0;
      start_s = std::max(span.start_s - options_.padding_s, (span.start_s + before_s) / 2);
    }
    if (whole.end - candidate.pictures.end <= kTolerancePictures) {
      const double after_s = index + 1 < sound_.speech.size() ? sound_.speech[index + 1].start_s : sound_.duration_s();
      end_s = std::min(span.end_s + options_.padding_s, (span.end_s + after_s) / 2);
    }
    stretches_.segments.push_back({.start_ms = MsOf(start_s),
                                   .end_ms = std::min(MsOf(end_s), sound_.duration_ms()),
                                   .emotion = label.emotion,
                                   .scores = label.scores,
                                   .agreement = label.agreement,
                                   .num_frames = static_cast<std::int64_t>(candidate.looks.size()),
                                   .face_picture = PictureOf(candidate, label.emotion),
                                   .face_number = static_cast<std::int64_t>(candidate.track)});
    return nullptr;
  }

  // Of the pictures of the face meanwhile, that in which it shows the emotion most; -1: there is none.
  std::int64_t PictureOf(const Candidate& candidate, Emotion emotion) const {
    const std::vector<FacePicture>& pictures = tracks_[candidate.track].pictures;
    std::int64_t best = -1;
    float best_score = -1;
    for (const FaceLook& look : candidate.looks) {
      const auto of_look = std::find_if(pictures.begin(), pictures.end(),
                                        [&](const FacePicture& one) { return one.picture == look.picture; });
      if (of_look != pictures.end() && ScoreOf(look.scores, emotion) > best_score) {
        best = look.picture;
        best_score = ScoreOf(look.scores, emotion);
      }
    }
    return best;
  }

  static std::int64_t MsOf(double seconds) { return std::llround(seconds * 1000); }

  std::span<const FaceTrack> tracks_;
  const SoundTrack& sound_;
  const ReadSound& read_sound_;
  const SpeakerOptions& options_;
  const ListenToFace& listen_;
  std::size_t first_track_ = 0;                     // those before it have ended
  std::vector<std::vector<Candidate>> candidates_;  // for each span of speech
  HarvestedStretches stretches_;
};

}  // namespace

PictureSpan PicturesOf(const SpeechSpan& span) {
  return {static_cast<std::int64_t>(std::ceil(span.start_s * kPicturesPerS)),
          static_cast<std::int64_t>(std::ceil(span.end_s * kPicturesPerS))};
}

std::vector<std::size_t> LooksThatVote(const FaceTrack& track, std::span<const SpeechSpan> spans) {
  constexpr std::size_t kMaxVotes = 10;
  std::vector<std::size_t> votes;
  for (const SpeechSpan& span : spans) {
    const PictureSpan pictures = PicturesOf(span);
    std::vector<std::size_t> inside;
    for (std::size_t i = 0; i < track.looks.size(); ++i) {
      if (track.looks[i].picture >= pictures.first && track.looks[i].picture < pictures.end) inside.push_back(i);
    }
    const std::size_t count = std::min(inside.size(), kMaxVotes);
    for (std::size_t k = 0; k < count; ++k) votes.push_back(inside[(2 * k + 1) * inside.size() / (2 * count)]);
  }
  return votes;
}

HarvestedStretches ChooseSpeakers(std::span<const FaceTrack> tracks, const SoundTrack& sound,
                                  const ReadSound& read_sound, const SpeakerOptions& options,
                                  const ListenToFace& listen) {
  return SpanDecider(tracks, sound, read_sound, options, listen).DecideAll();
}

}  // namespace sezim
