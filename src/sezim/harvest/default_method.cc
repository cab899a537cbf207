// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "sezim/harvest/choose_speakers.h"
#include "sezim/harvest/describe_faces.h"
#include "sezim/harvest/listen_to_segments.h"
#include "sezim/harvest/method.h"
#include "sezim/harvest/track_pack.h"
#include "sezim/media/frame_decoder.h"
#include "sezim/speech/voice_print.h"
#include "sezim/vision/active_speaker.h"
#include "sezim/vision/closer_look.h"
#include "sezim/vision/expression.h"
#include "sezim/vision/face_describer.h"
#include "sezim/vision/face_follower.h"
#include "sezim/vision/face_network.h"
#include "sezim/vision/picture_print.h"

namespace sezim {
namespace {

using Clock = std::chrono::steady_clock;

// A face that the fallback sees where there was none must be surer: it takes leaves and clouds for faces now and then.
constexpr double kFallbackScore = 0.75;

constexpr double kFollowedPauseS = 1;

class DefaultWatcher : public UnitWatcher {
 public:
  DefaultWatcher(const Recipe& recipe, const std::shared_ptr<const OnnxSession>& detector,
                 const std::shared_ptr<const OnnxSession>& fallback,
                 const std::vector<std::shared_ptr<const OnnxSession>>& expression,
                 const std::optional<ActiveSpeaker>& active_speaker, StageTimes& times)
      : recipe_(recipe),
        times_(times),
        expression_(expression.begin(), expression.end()),
        active_speaker_(active_speaker),
        detector_network_(MakeFaceDetector(detector, {.min_score = recipe.speaker.min_face_score})),
        fallback_network_(
            MakeFaceDetector(fallback, {.min_score = std::max(kFallbackScore, recipe.speaker.min_face_score)})),
        detector_(*detector_network_, *detector_network_),
        fallback_(*fallback_network_, *detector_network_) {}

  std::string Watch(const std::filesystem::path& media, const Unit& unit, std::stop_token stop) override {
    if (!decoder_ || media_ != media) {
      // A network for speaking faces was trained on films of which it saw every picture.
      const PictureChoice choice = active_speaker_ ? PictureChoice::kAll : PictureChoice::kEnough;
      decoder_ = std::make_unique<FrameDecoder>(media, recipe_.limits, choice);
      media_ = media;
    }
    const std::vector<std::int64_t> pictures = PicturesOf(unit);
    std::vector<double> times_s;
    for (const std::int64_t picture : pictures) times_s.push_back(static_cast<double>(picture) / kPicturesPerS);

    UnitTracks seen;
    FaceFollower follower(detector_, fallback_, active_speaker_ ? KeepMouths::kYes : KeepMouths::kNo, LookNear::kYes);
    PicturePrinter printer;
    const auto began = Clock::now();
    Clock::duration in_faces{};
    decoder_->Decode(
        times_s,
        [&](std::size_t index, const GreyView* picture) {
          const auto from = Clock::now();
          if (picture == nullptr) {
            if (pictures[index] % kPicturesPerLook == 0) ++seen.num_without_picture;
          } else {
            follower.Accept(pictures[index], *picture, times_s[index] - decoder_->shown_since_s());
            printer.Accept(pictures[index], follower.small_picture());
          }
          in_faces += Clock::now() - from;
        },
        stop);
    const auto from = Clock::now();
    follower.Break();
    in_faces += Clock::now() - from;
    times_.Add(Stage::kFaces, in_faces);
    times_.Add(Stage::kDecode, Clock::now() - began - in_faces);

    std::vector<FollowedFace> faces = follower.TakeEnded();
    if (active_speaker_) {
      const StageTimer timer(times_, Stage::kFaces);
      for (FollowedFace& face : faces) face.track.features = active_speaker_->Look(face.mouths);
    }
    const StageTimer timer(times_, Stage::kExpression);
    seen.picture_print = printer.Take();
    seen.num_looked_at = follower.num_looked_at();
    seen.num_without_face = follower.num_without_face();
    seen.num_with_several_faces = follower.num_with_several_faces();
    for (FollowedFace& face : faces) {
      const std::vector<std::size_t> asked = LooksThatVote(face.track, unit.spans);
      std::vector<FaceCrop> crops;
      for (const std::size_t look : asked) crops.push_back(face.crops[look]);
      const std::vector<EmotionScores> scores = RecognizeTogether(expression_, crops);
      for (std::size_t i = 0; i < asked.size(); ++i) face.track.looks[asked[i]].scores = scores[i];
      seen.tracks.push_back(std::move(face.track));
    }
    return PackTracks(seen);
  }

  void Rest() override { decoder_.reset(); }

 private:
  // Those of speech and of short pauses: a face that is followed through a pause is known to be the same after it.
  static std::vector<std::int64_t> PicturesOf(const Unit& unit) {
    std::vector<std::int64_t> pictures;
    double followed_until_s = -1e9;
    for (const SpeechSpan& span : unit.spans) {
      const double from_s = span.start_s - followed_until_s <= kFollowedPauseS ? followed_until_s : span.start_s;
      for (auto picture = static_cast<std::int64_t>(std::ceil(from_s * kPicturesPerS));
           static_cast<double>(picture) < span.end_s * kPicturesPerS; ++picture) {
        pictures.push_back(picture);
      }
      followed_until_s = span.end_s;
    }
    return pictures;
  }

  const Recipe& recipe_;
  StageTimes& times_;
  std::vector<ExpressionRecognizer> expression_;
  const std::optional<ActiveSpeaker>& active_speaker_;
  std::unique_ptr<FaceDetector> detector_network_;
  std::unique_ptr<FaceDetector> fallback_network_;
  CloserLook detector_;
  CloserLook fallback_;
  std::filesystem::path media_;
  std::unique_ptr<FrameDecoder> decoder_;
};

// Our own harvest (docs/method.md): speech between pauses, faces followed through the pictures, and only the face whose
// mouth makes the voice.
class DefaultMethod : public HarvestMethod {
 public:
  DefaultMethod(const Recipe& recipe, const ModelStore& store);

  std::shared_ptr<const OnnxSession> speech_model() const override { return speech_; }
  std::unique_ptr<SpeechCutter> NewSpeechCutter() const override;
  bool wants_fingerprint() const override { return true; }
  std::unique_ptr<UnitWatcher> NewWatcher(StageTimes& times) const override;
  HarvestedStretches Decide(const SeenUnits& units, const SoundTrack& sound, const ReadSound& read_sound,
                            int num_threads) const override;

 private:
  const Recipe& recipe_;
  std::shared_ptr<const OnnxSession> speech_;
  std::shared_ptr<const OnnxSession> detector_;
  std::shared_ptr<const OnnxSession> fallback_;
  std::vector<std::shared_ptr<const OnnxSession>> expression_;
  std::optional<ActiveSpeaker> active_speaker_;
  VoicePrinter voice_printer_;
  std::optional<FaceDescriber> face_describer_;
};

std::optional<ActiveSpeaker> LoadActiveSpeaker(const SpeakerOptions& options, const ModelStore& store) {
  if (!options.asks_network()) return std::nullopt;
  return ActiveSpeaker(std::make_shared<OnnxSession>(store.Load(options.speaking_model + "-faces")),
                       std::make_shared<OnnxSession>(store.Load(options.speaking_model + "-voice")));
}

DefaultMethod::DefaultMethod(const Recipe& recipe, const ModelStore& store)
    : recipe_(recipe),
      speech_(std::make_shared<OnnxSession>(store.Load(recipe.speech_model))),
      detector_(std::make_shared<OnnxSession>(store.Load(recipe.speaker.detector_model))),
      fallback_(std::make_shared<OnnxSession>(store.Load(recipe.speaker.fallback_model))),
      expression_(LoadExpressionNetworks(recipe, store)),
      active_speaker_(LoadActiveSpeaker(recipe.speaker, store)),
      voice_printer_(std::make_shared<OnnxSession>(store.Load(recipe.voice_model))) {
  if (recipe.speakers.face_weight > 0)
    face_describer_.emplace(std::make_shared<OnnxSession>(store.Load(recipe.face_model)));
}

std::unique_ptr<SpeechCutter> DefaultMethod::NewSpeechCutter() const {
  return std::make_unique<PauseCutter>(recipe_.speaker.speech);
}

std::unique_ptr<UnitWatcher> DefaultMethod::NewWatcher(StageTimes& times) const {
  return std::make_unique<DefaultWatcher>(recipe_, detector_, fallback_, expression_, active_speaker_, times);
}

// Fills in how the faces of the segments looked, which was too much to keep of all faces: tracks are counted as they
// were when the speakers were chosen.
void AddFacePictures(const SeenUnits& units, std::vector<SegmentDraft>& segments) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<SegmentDraft*>> wanted;  // by track and picture
  for (SegmentDraft& segment : segments) {
    if (segment.face_picture >= 0) wanted[{segment.face_number, segment.face_picture}].push_back(&segment);
  }
  std::int64_t track_number = 0;
  for (std::size_t index = 0; index < units.count; ++index) {
    for (FaceTrack& track : UnpackTracks(units.read(index)).tracks) {
      for (FacePicture& picture : track.pictures) {
        const auto found = wanted.find({track_number, picture.picture});
        if (found == wanted.end()) continue;
        for (SegmentDraft* segment : found->second) segment->face_jpeg = picture.jpeg;
      }
      ++track_number;
    }
  }
}

HarvestedStretches DefaultMethod::Decide(const SeenUnits& units, const SoundTrack& sound, const ReadSound& read_sound,
                                         int num_threads) const {
  HarvestedStretches stretches;
  {
    std::vector<FaceTrack> tracks;
    std::vector<SpanMs> faces;
    SourceCounts counts;
    PicturePrint picture_print;
    for (std::size_t index = 0; index < units.count; ++index) {
      UnitTracks unit = UnpackTracks(units.read(index));
      picture_print.insert(picture_print.end(), unit.picture_print.begin(), unit.picture_print.end());
      counts.frames_looked_at += unit.num_looked_at + unit.num_without_picture;
      counts.frames_without_picture += unit.num_without_picture;
      counts.frames_without_face += unit.num_without_face;
      counts.frames_with_several_faces += unit.num_with_several_faces;
      for (FaceTrack& track : unit.tracks) {
        for (FacePicture& picture : track.pictures) picture.jpeg = {};
        faces.push_back({track.first_picture * 1000 / kPicturesPerS, track.end_picture() * 1000 / kPicturesPerS});
        tracks.push_back(std::move(track));
      }
    }
    ListenToFace listen;
    if (active_speaker_) {
      listen = [&](std::span<const float> features, std::span<const std::int16_t> of_face) {
        return active_speaker_->Listen(features, of_face);
      };
    }
    stretches = ChooseSpeakers(tracks, sound, read_sound, recipe_.speaker, listen);
    stretches.counts = counts;
    stretches.picture_print = std::move(picture_print);
    stretches.faces = JoinedSpans(std::move(faces));
  }
  ListenToSegments(stretches, sound, read_sound, recipe_.sound, voice_printer_, num_threads);
  AddFacePictures(units, stretches.segments);
  if (face_describer_) DescribeFaces(stretches.segments, *face_describer_, num_threads);
  for (const SegmentDraft& segment : stretches.segments) stretches.counts.frames_kept += segment.num_frames;
  return stretches;
}

}  // namespace

std::unique_ptr<HarvestMethod> MakeDefaultMethod(const Recipe& recipe, const ModelStore& store) {
  return std::make_unique<DefaultMethod>(recipe, store);
}

}  // namespace sezim
