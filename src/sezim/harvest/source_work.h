// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "sezim/catalog/catalog.h"
#include "sezim/corpus/corpus_folder.h"
#include "sezim/harvest/observation.h"
#include "sezim/harvest/recipe.h"
#include "sezim/harvest/stage_times.h"
#include "sezim/infer/onnx_session.h"
#include "sezim/media/frame_decoder.h"
#include "sezim/vision/expression.h"

namespace sezim {

// The networks of a recipe, loaded once and shared by all threads.
struct HarvestModels {
  explicit HarvestModels(const Recipe& recipe, const ModelStore& store);

  std::shared_ptr<const OnnxSession> speech;
  std::shared_ptr<const OnnxSession> expression;
};

// A part of a source that one thread looks at: the seconds of speech within one stretch of kUnitSeconds.
struct Unit {
  std::int64_t number = 0;
  std::vector<std::int64_t> seconds;  // ascending
  double sound_end_s = 0;             // the sound reaches at least to here; in the last second it may end before
};

// Note [Units]
// A source is cut at fixed seconds of its clock, whatever the number of threads, so what a unit yields never depends
// on how the work was shared out. Long enough that seeking to its first key picture costs little.
inline constexpr std::int64_t kUnitSeconds = 30;

// The sound of a source, written to `pcm_file` (16 kHz mono 16-bit), with its seconds of speech.
struct SoundTrack {
  std::int64_t num_samples = 0;
  std::int64_t num_speech_seconds = 0;

  double duration_s() const;
};

// Decodes the sound of `media`, and hands each unit that holds speech to `on_unit` as soon as it is known.
// Throws Error.
SoundTrack ListenToSource(const std::filesystem::path& media, const std::filesystem::path& pcm_file,
                          const Recipe& recipe, const HarvestModels& models, StageTimes& times, std::stop_token stop,
                          const std::function<void(Unit)>& on_unit);

// Looks at faces. One object for each thread; it keeps the last source open.
class FrameWatcher {
 public:
  FrameWatcher(const Recipe& recipe, const HarvestModels& models, StageTimes& times);
  ~FrameWatcher();

  // One observation for each tick of the unit that lies within the sound. Throws Error.
  std::vector<FrameObservation> Watch(const std::filesystem::path& media, const Unit& unit, std::stop_token stop);

 private:
  const Recipe& recipe_;
  StageTimes& times_;
  HaarFaceDetector detector_;
  ExpressionRecognizer expression_;
  std::filesystem::path media_;
  std::unique_ptr<FrameDecoder> decoder_;
};

// Makes segments of all observations of a source, writes their sound and returns their records.
struct HarvestedSource {
  std::vector<SegmentRecord> segments;
  std::vector<RejectionRecord> rejections;
};
HarvestedSource WriteSegments(const SourceRow& source, const std::vector<FrameObservation>& observations,
                              const std::filesystem::path& pcm_file, std::int64_t num_samples, const Recipe& recipe,
                              const CorpusFolder& corpus, StageTimes& times, std::stop_token stop);

}  // namespace sezim
