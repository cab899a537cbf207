// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/source_work.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/sha256.h"
#include "sezim/harvest/labeller.h"
#include "sezim/harvest/segmenter.h"
#include "sezim/media/audio_decoder.h"
#include "sezim/media/audio_writer.h"
#include "sezim/speech/speech_spans.h"
#include "sezim/speech/voice_activity.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;

void RequireGoingOn(const std::stop_token& stop) {
  if (stop.stop_requested()) throw Error(ErrorKind::kInterrupted, "stopped");
}

// Cuts the decided seconds into units.
class UnitMaker {
 public:
  UnitMaker(double threshold, const std::function<void(Unit)>& on_unit) : threshold_(threshold), on_unit_(on_unit) {}

  // Decides as many seconds as the probabilities reach; the rest when `finished`.
  void Decide(std::span<const float> probabilities, std::int64_t num_samples, bool finished) {
    for (;; ++second_) {
      if (finished && second_ * kSampleRateHz >= num_samples) break;
      const auto probability = ChunkProbability(probabilities, second_, finished);
      if (!probability && !finished) return;
      if (second_ % kUnitSeconds == 0) Hand(num_samples);
      unit_.number = second_ / kUnitSeconds;
      if (probability.value_or(0) > threshold_) {
        unit_.seconds.push_back(second_);
        ++num_speech_seconds_;
      }
    }
    Hand(num_samples);
  }

  std::int64_t num_speech_seconds() const { return num_speech_seconds_; }

 private:
  void Hand(std::int64_t num_samples) {
    if (unit_.seconds.empty()) return;
    unit_.sound_end_s = static_cast<double>(num_samples) / kSampleRateHz;
    on_unit_(std::exchange(unit_, {}));
  }

  double threshold_;
  const std::function<void(Unit)>& on_unit_;
  Unit unit_;
  std::int64_t second_ = 0;
  std::int64_t num_speech_seconds_ = 0;
};

std::int64_t EndMs(std::int64_t end_tick, int ticks_per_s, std::int64_t num_samples) {
  return std::min(end_tick * 1000 / ticks_per_s, num_samples * 1000 / kSampleRateHz);
}

// Samples [from_ms, to_ms) of the scratch file.
std::vector<std::int16_t> ReadSamples(const FileDescriptor& pcm, const fs::path& path, std::int64_t from_ms,
                                      std::int64_t to_ms) {
  constexpr std::int64_t kSamplesPerMs = kSampleRateHz / 1000;
  std::vector<std::int16_t> samples(static_cast<std::size_t>((to_ms - from_ms) * kSamplesPerMs));
  const auto bytes = std::as_writable_bytes(std::span(samples));
  const auto offset = static_cast<off_t>(from_ms * kSamplesPerMs * 2);
  if (::lseek(pcm.get(), offset, SEEK_SET) != offset) throw SystemError(errno, "cannot read", DisplayName(path));
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const std::size_t got = ReadSome(pcm, bytes.subspan(filled), path);
    Check(got > 0, "a segment lies within its source's sound");
    filled += got;
  }
  return samples;
}

}  // namespace

HarvestModels::HarvestModels(const Recipe& recipe, const ModelStore& store)
    : speech(std::make_shared<OnnxSession>(store.Load(recipe.speech_model))),
      expression(std::make_shared<OnnxSession>(store.Load(recipe.expression_model))) {}

double SoundTrack::duration_s() const {
  return static_cast<double>(num_samples) / kSampleRateHz;
}

SoundTrack ListenToSource(const fs::path& media, const fs::path& pcm_file, const Recipe& recipe,
                          const HarvestModels& models, StageTimes& times, std::stop_token stop,
                          const std::function<void(Unit)>& on_unit) {
  AudioDecoder decoder(media, recipe.limits);
  VoiceActivityDetector voice(models.speech);
  UnitMaker units(recipe.speech_threshold, on_unit);
  const FileDescriptor pcm(::open(pcm_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!pcm) throw SystemError(errno, "cannot create", DisplayName(pcm_file));

  SoundTrack track;
  std::vector<std::int16_t> samples;
  for (bool more = true; more;) {
    RequireGoingOn(stop);
    {
      const StageTimer timer(times, Stage::kAudio);
      samples.clear();
      while (more && samples.size() < kSampleRateHz) more = decoder.Next(samples);
      track.num_samples += static_cast<std::int64_t>(samples.size());
      WriteAll(pcm, std::as_bytes(std::span(samples)), pcm_file);
    }
    const StageTimer timer(times, Stage::kSpeech);
    voice.AcceptWaveform(samples);
    if (!more) voice.InputFinished();
    units.Decide(voice.probabilities(), track.num_samples, !more);
  }
  if (track.num_samples == 0) {
    throw Error(ErrorKind::kBadInput,
                fmt::format("the sound of '{}' is empty or cannot be decoded", DisplayName(media)),
                "check that it plays in a media player");
  }
  track.num_speech_seconds = units.num_speech_seconds();
  return track;
}

FrameWatcher::FrameWatcher(const Recipe& recipe, const HarvestModels& models, StageTimes& times)
    : recipe_(recipe), times_(times), detector_(recipe.faces), expression_(models.expression) {}

FrameWatcher::~FrameWatcher() = default;

std::vector<FrameObservation> FrameWatcher::Watch(const fs::path& media, const Unit& unit, std::stop_token stop) {
  if (!decoder_ || media_ != media) {
    decoder_ = std::make_unique<FrameDecoder>(media, recipe_.limits);
    media_ = media;
  }
  const int per_s = recipe_.segments.ticks_per_s;
  std::vector<FrameObservation> observations;
  std::vector<double> times_s;
  for (const std::int64_t second : unit.seconds) {
    for (std::int64_t tick = second * per_s; tick < (second + 1) * per_s; ++tick) {
      const double at_s = static_cast<double>(tick) / per_s;
      if (at_s >= unit.sound_end_s) break;
      observations.push_back({.tick = tick});
      times_s.push_back(at_s);
    }
  }

  std::vector<FaceCrop> crops;
  std::vector<std::size_t> owners;
  const auto began = Clock::now();
  Clock::duration in_faces{};
  decoder_->Decode(
      times_s,
      [&](std::size_t index, const GreyView* picture) {
        if (picture == nullptr) return;
        const auto from = Clock::now();
        FrameObservation& seen = observations[index];
        const std::vector<FaceBox> faces = detector_.Detect(*picture);
        seen.kind = faces.empty() ? FrameObservation::Kind::kNoFace : FrameObservation::Kind::kSeveralFaces;
        if (faces.size() == 1) {
          seen.kind = FrameObservation::Kind::kKept;
          seen.face = faces.front();
          crops.push_back(CropFace(*picture, seen.face));
          owners.push_back(index);
        }
        in_faces += Clock::now() - from;
      },
      stop);
  times_.Add(Stage::kFaces, in_faces);
  times_.Add(Stage::kDecode, Clock::now() - began - in_faces);

  const StageTimer timer(times_, Stage::kExpression);
  const std::vector<EmotionScores> scores = expression_.Recognize(crops);
  for (std::size_t i = 0; i < owners.size(); ++i) observations[owners[i]].scores = scores[i];
  return observations;
}

HarvestedSource WriteSegments(const SourceRow& source, const std::vector<FrameObservation>& observations,
                              const fs::path& pcm_file, std::int64_t num_samples, const Recipe& recipe,
                              const CorpusFolder& corpus, StageTimes& times, std::stop_token stop) {
  std::vector<std::int64_t> ticks;
  std::vector<EmotionScores> scores;
  for (const FrameObservation& one : observations) {
    if (one.kind != FrameObservation::Kind::kKept) continue;
    ticks.push_back(one.tick);
    scores.push_back(one.scores);
  }
  const StageTimer timer(times, Stage::kWrite);
  const FileDescriptor pcm = OpenForReading(pcm_file);
  HarvestedSource harvested;
  for (const FrameSegment& segment : SegmentFrames(ticks, recipe.segments)) {
    RequireGoingOn(stop);
    const int per_s = recipe.segments.ticks_per_s;
    const std::int64_t start_ms = segment.first_tick * 1000 / per_s;
    const std::int64_t end_ms = EndMs(segment.end_tick, per_s, num_samples);
    if (segment.too_few_frames || end_ms <= start_ms) {
      harvested.rejections.push_back({.source = source.name,
                                      .source_id = source.id(),
                                      .start_ms = start_ms,
                                      .end_ms = std::max(end_ms, start_ms),
                                      .reason = "too-few-frames",
                                      .num_frames = static_cast<std::int64_t>(segment.num_frames())});
      continue;
    }
    const Label label = LabelByMajority(std::span(scores).subspan(segment.begin, segment.num_frames()));
    SegmentRecord record{.id = fmt::format("{}-{:08d}", source.id(), start_ms),
                         .source = source.name,
                         .source_id = source.id(),
                         .start_ms = start_ms,
                         .end_ms = end_ms,
                         .emotion = label.emotion,
                         .scores = label.scores,
                         .agreement = label.agreement,
                         .num_frames = static_cast<std::int64_t>(segment.num_frames()),
                         .language = source.language};
    record.audio = fmt::format("audio/{}/{}.{}", NameOf(record.emotion), record.id, NameOf(recipe.audio_format));
    const fs::path file = corpus.AudioFile(record.audio);
    MakeFolder(file.parent_path());
    WriteAudioFile(file, recipe.audio_format, ReadSamples(pcm, pcm_file, start_ms, end_ms));
    record.sha256 = Sha256OfFile(file);
    harvested.segments.push_back(std::move(record));
  }
  return harvested;
}

}  // namespace sezim
