// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "sezim/base/emotion.h"
#include "sezim/catalog/catalog.h"
#include "sezim/harvest/recipe.h"
#include "sezim/harvest/stage_times.h"
#include "sezim/infer/model_store.h"
#include "sezim/infer/onnx_session.h"
#include "sezim/speech/speech_cutter.h"

namespace sezim {

// A part of a source that one thread looks at: the spans of speech that begin within one stretch of kUnitSeconds.
struct Unit {
  std::int64_t number = 0;
  std::vector<SpeechSpan> spans{};  // ascending, disjoint; not empty
};

// Note [Units]
// A source is cut at fixed seconds of its clock, whatever the number of threads, so what a unit yields never depends
// on how the work was shared out. Long enough that seeking to its first key picture costs little.
inline constexpr std::int64_t kUnitSeconds = 30;

// The sound of a source, once it has been heard.
struct SoundTrack {
  std::int64_t num_samples = 0;  // 16 kHz
  std::vector<SpeechSpan> speech{};
  Fingerprint fingerprint{};  // only if the method wants it

  double duration_s() const;
  std::int64_t duration_ms() const;  // rounded down
  double speech_s() const;
  std::vector<SpanMs> speech_ms() const;
};

// A segment that is to be kept, and a stretch of speech that is not.
struct SegmentDraft {
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  Emotion emotion = Emotion::kNeutral;
  EmotionScores scores{};
  double agreement = 0;
  std::int64_t num_frames = 0;
  std::string face_jpeg{};           // how the face looked; may be empty
  std::int64_t face_picture = -1;    // the picture in which it looked so; -1: not known
  std::int64_t face_number = -1;     // equal for segments whose face was never out of sight; -1: not known
  std::vector<float> voice_print{};  // may be empty
  std::vector<float> face_print{};   // vision/face_describer.h; may be empty
  std::optional<double> snr_db{};
};
struct RejectedStretch {
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  std::string reason{};  // a word that docs/method.md explains
  std::int64_t num_frames = 0;
  std::string detail{};              // for people; may be empty
  std::optional<Emotion> emotion{};  // the label, if it had one by then
};

// What was seen in a source's units, in their order. Units are read when they are asked for: all of a long source would
// be hundreds of megabytes.
struct SeenUnits {
  std::size_t count = 0;
  std::function<std::string(std::size_t index)> read{};
};

struct HarvestedStretches {
  std::vector<SegmentDraft> segments{};
  std::vector<RejectedStretch> rejected{};
  SourceCounts counts{};         // of frames
  std::vector<SpanMs> faces{};   // where any face was in sight, joined
  PicturePrint picture_print{};  // may be empty
};

// Samples [from_ms, to_ms) of a source's sound, 16 kHz; what lies outside it is left away. May be called from several
// threads at once.
using ReadSound = std::function<std::vector<std::int16_t>(std::int64_t from_ms, std::int64_t to_ms)>;

// Looks at the pictures of units. One object for each thread; it keeps the last source open.
class UnitWatcher {
 public:
  virtual ~UnitWatcher() = default;

  // What was seen, as bytes in a form of the method's own. Depends on the media and the unit alone. Throws Error.
  virtual std::string Watch(const std::filesystem::path& media, const Unit& unit, std::stop_token stop) = 0;

  // Closes the source that is open: the index of a long one takes a hundred megabytes. Watch opens it again.
  virtual void Rest() = 0;
};

// A way to harvest: everything between a source's media and its segments that depends on the recipe. Shared by all
// threads.
class HarvestMethod {
 public:
  virtual ~HarvestMethod() = default;

  virtual std::shared_ptr<const OnnxSession> speech_model() const = 0;
  virtual std::unique_ptr<SpeechCutter> NewSpeechCutter() const = 0;
  virtual bool wants_fingerprint() const = 0;
  virtual std::unique_ptr<UnitWatcher> NewWatcher(StageTimes& times) const = 0;

  // Decides on a whole source, on up to `num_threads` threads. Throws Error.
  virtual HarvestedStretches Decide(const SeenUnits& units, const SoundTrack& sound, const ReadSound& read_sound,
                                    int num_threads) const = 0;
};

std::vector<std::shared_ptr<const OnnxSession>> LoadExpressionNetworks(const Recipe& recipe, const ModelStore& store);

// The published harvest, and our own (docs/method.md), whatever `recipe.method` says. The recipe must outlive them.
std::unique_ptr<HarvestMethod> MakePaperMethod(const Recipe& recipe, const ModelStore& store);
std::unique_ptr<HarvestMethod> MakeDefaultMethod(const Recipe& recipe, const ModelStore& store);

// The method that `recipe` asks for, with its networks. The recipe must outlive it. Throws Error (kModel, kNotFound).
std::unique_ptr<HarvestMethod> MakeHarvestMethod(const Recipe& recipe, const ModelStore& store);

}  // namespace sezim
