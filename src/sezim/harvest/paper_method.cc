// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cmath>
#include <span>
#include <utility>

#include "sezim/harvest/labeller.h"
#include "sezim/harvest/method.h"
#include "sezim/harvest/observation.h"
#include "sezim/harvest/segmenter.h"
#include "sezim/media/frame_decoder.h"
#include "sezim/media/jpeg.h"
#include "sezim/vision/expression.h"
#include "sezim/vision/face_detector.h"

namespace sezim {
namespace {

using Clock = std::chrono::steady_clock;

class PaperWatcher : public UnitWatcher {
 public:
  PaperWatcher(const Recipe& recipe, const std::vector<std::shared_ptr<const OnnxSession>>& expression,
               StageTimes& times)
      : recipe_(recipe), times_(times), detector_(recipe.faces), expression_(expression.begin(), expression.end()) {}

  std::string Watch(const std::filesystem::path& media, const Unit& unit, std::stop_token stop) override {
    if (!decoder_ || media_ != media) {
      decoder_ = std::make_unique<FrameDecoder>(media, recipe_.limits);
      media_ = media;
    }
    const int per_s = recipe_.segments.ticks_per_s;
    std::vector<FrameObservation> observations;
    std::vector<double> times_s;
    for (const SpeechSpan& chunk : unit.spans) {  // each begins at a whole second
      for (std::int64_t tick = std::llround(chunk.start_s) * per_s; tick < std::llround(chunk.start_s + 1) * per_s;
           ++tick) {
        const double at_s = static_cast<double>(tick) / per_s;
        if (at_s >= chunk.end_s) break;
        observations.push_back({.tick = tick});
        times_s.push_back(at_s);
      }
    }

    std::vector<FaceCrop> crops;
    std::vector<std::size_t> owners;
    std::int64_t last_pictured_s = -1;
    const auto began = Clock::now();
    Clock::duration in_faces{};
    decoder_->Decode(
        times_s,
        [&](std::size_t index, const GreyView* picture) {
          if (picture == nullptr) return;
          const auto from = Clock::now();
          FrameObservation& seen = observations[index];
          const std::vector<DetectedFace> faces = detector_.Detect(*picture);
          seen.kind = faces.empty() ? FrameObservation::Kind::kNoFace : FrameObservation::Kind::kSeveralFaces;
          if (faces.size() == 1) {
            seen.kind = FrameObservation::Kind::kKept;
            seen.face = faces.front().box;
            crops.push_back(CropFace(*picture, seen.face));
            owners.push_back(index);
            if (seen.tick / per_s != std::exchange(last_pictured_s, seen.tick / per_s)) {
              seen.face_jpeg = EncodeJpeg(
                  {.data = crops.back().data(), .width = kFaceSide, .height = kFaceSide, .stride = kFaceSide});
            }
          }
          in_faces += Clock::now() - from;
        },
        stop);
    times_.Add(Stage::kFaces, in_faces);
    times_.Add(Stage::kDecode, Clock::now() - began - in_faces);

    const StageTimer timer(times_, Stage::kExpression);
    const std::vector<EmotionScores> scores = RecognizeTogether(expression_, crops);
    for (std::size_t i = 0; i < owners.size(); ++i) observations[owners[i]].scores = scores[i];
    return PackObservations(observations);
  }

  void Rest() override { decoder_.reset(); }

 private:
  const Recipe& recipe_;
  StageTimes& times_;
  HaarFaceDetector detector_;
  std::vector<ExpressionRecognizer> expression_;
  std::filesystem::path media_;
  std::unique_ptr<FrameDecoder> decoder_;
};

void Count(const FrameObservation& one, SourceCounts& counts) {
  ++counts.frames_looked_at;
  switch (one.kind) {
    case FrameObservation::Kind::kNoPicture: ++counts.frames_without_picture; break;
    case FrameObservation::Kind::kNoFace: ++counts.frames_without_face; break;
    case FrameObservation::Kind::kSeveralFaces: ++counts.frames_with_several_faces; break;
    case FrameObservation::Kind::kKept: ++counts.frames_kept; break;
  }
}

// The published harvest (docs/method.md): frames ten times in each second of speech, exactly one face, a vote.
class PaperMethod : public HarvestMethod {
 public:
  PaperMethod(const Recipe& recipe, const ModelStore& store);

  std::shared_ptr<const OnnxSession> speech_model() const override { return speech_; }
  std::unique_ptr<SpeechCutter> NewSpeechCutter() const override;
  bool wants_fingerprint() const override { return false; }
  std::unique_ptr<UnitWatcher> NewWatcher(StageTimes& times) const override;
  HarvestedStretches Decide(const SeenUnits& units, const SoundTrack& sound, const ReadSound& read_sound,
                            int num_threads) const override;

 private:
  const Recipe& recipe_;
  std::shared_ptr<const OnnxSession> speech_;
  std::vector<std::shared_ptr<const OnnxSession>> expression_;
};

PaperMethod::PaperMethod(const Recipe& recipe, const ModelStore& store)
    : recipe_(recipe),
      speech_(std::make_shared<OnnxSession>(store.Load(recipe.speech_model))),
      expression_(LoadExpressionNetworks(recipe, store)) {}

std::unique_ptr<SpeechCutter> PaperMethod::NewSpeechCutter() const {
  return std::make_unique<ChunkCutter>(recipe_.speech_threshold);
}

std::unique_ptr<UnitWatcher> PaperMethod::NewWatcher(StageTimes& times) const {
  return std::make_unique<PaperWatcher>(recipe_, expression_, times);
}

HarvestedStretches PaperMethod::Decide(const SeenUnits& units, const SoundTrack& sound, const ReadSound& /*read_sound*/,
                                       int /*num_threads*/) const {
  HarvestedStretches stretches;
  std::vector<std::int64_t> ticks;
  std::vector<EmotionScores> scores;
  std::vector<std::string> faces;
  const int per_s = recipe_.segments.ticks_per_s;
  for (std::size_t index = 0; index < units.count; ++index) {
    for (FrameObservation& one : UnpackObservations(units.read(index))) {
      Count(one, stretches.counts);
      const bool is_kept = one.kind == FrameObservation::Kind::kKept;
      if (is_kept || one.kind == FrameObservation::Kind::kSeveralFaces) {
        stretches.faces.push_back({one.tick * 1000 / per_s, (one.tick + 1) * 1000 / per_s});
      }
      if (!is_kept) continue;
      ticks.push_back(one.tick);
      scores.push_back(one.scores);
      faces.push_back(std::move(one.face_jpeg));
    }
  }
  stretches.faces = JoinedSpans(std::move(stretches.faces));
  for (const FrameSegment& segment : SegmentFrames(ticks, recipe_.segments)) {
    const std::int64_t start_ms = segment.first_tick * 1000 / per_s;
    const std::int64_t end_ms = std::min(segment.end_tick * 1000 / per_s, sound.duration_ms());
    const auto num_frames = static_cast<std::int64_t>(segment.num_frames());
    if (segment.too_few_frames || end_ms <= start_ms) {
      stretches.rejected.push_back({start_ms, std::max(end_ms, start_ms), "too-few-frames", num_frames});
      continue;
    }
    const Label label = LabelByMajority(std::span(scores).subspan(segment.begin, segment.num_frames()));
    stretches.segments.push_back({start_ms, end_ms, label.emotion, label.scores, label.agreement, num_frames});
    const auto in_segment = std::span(faces).subspan(segment.begin, segment.num_frames());
    const auto pictured =
        std::find_if(in_segment.begin(), in_segment.end(), [](const std::string& face) { return !face.empty(); });
    if (pictured != in_segment.end()) stretches.segments.back().face_jpeg = *pictured;
  }
  return stretches;
}

}  // namespace

std::unique_ptr<HarvestMethod> MakePaperMethod(const Recipe& recipe, const ModelStore& store) {
  return std::make_unique<PaperMethod>(recipe, store);
}

}  // namespace sezim
