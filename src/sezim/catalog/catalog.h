// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sezim/catalog/source_timeline.h"
#include "sezim/corpus/segment_record.h"
#include "sezim/features/fingerprint.h"
#include "sezim/vision/picture_print.h"

namespace sezim {

// How far the work on one source has come.
enum class SourceState { kWorking, kDone, kRejected };

// What was counted in one source, for reports.
struct SourceCounts {
  double duration_s = 0;
  double speech_s = 0;
  std::int64_t frames_looked_at = 0;
  std::int64_t frames_without_picture = 0;
  std::int64_t frames_without_face = 0;
  std::int64_t frames_with_several_faces = 0;
  std::int64_t frames_kept = 0;

  SourceCounts& operator+=(const SourceCounts& other);
};

// What the catalogue keeps of a segment besides its record.
struct SegmentExtras {
  std::string face_jpeg{};           // the face that speaks; empty: no picture of it
  std::vector<float> voice_print{};  // see speech/voice_print.h; empty: none
  std::int64_t face_number = -1;     // equal in segments of one source whose face was never out of sight; -1: not known
  std::vector<float> face_print{};   // see vision/face_describer.h; kept in 8 bits each; empty: none
};

// What tells whether a source repeats another one; either may be empty.
struct SourcePrints {
  Fingerprint sound{};
  PicturePrint pictures{};
};

// A segment whose voice is known.
struct SegmentVoice {
  std::string segment_id{};
  std::string source{};
  std::string locator{};  // of its source
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  std::int64_t face_number = -1;
  std::vector<float> print{};
  std::vector<float> face_print{};  // up to a factor
};

// Why a source was rejected whose bytes another one has.
inline constexpr const char* kDuplicateSource = "duplicate-source";

// A source of speech: a local file or what a URL led to.
struct SourceRow {
  std::string locator{};  // absolute path (any bytes) or URL: what the source is found again by
  std::string name{};     // for people; UTF-8
  std::string sha256{};   // of the file's bytes; empty until known
  std::int64_t size_bytes = 0;
  std::int64_t modified_ns = 0;
  SourceState state = SourceState::kWorking;
  std::optional<std::string> language{};
  std::string provenance_json{};  // of a collected source: its record in sources.jsonl; else empty
  SourceCounts counts{};
  SourceTimeline timeline{};

  // First 16 digits of sha256; empty until it is known.
  std::string id() const { return sha256.substr(0, 16); }
};

// What a voice model made of a segment; nothing if that is too short for it.
struct HeardSegment {
  std::string segment_id{};
  std::optional<EmotionScores> scores{};
};

// All that is known of a corpus' sources and segments, in one SQLite file (docs/formats/catalog.md). Each call is one
// transaction: after a crash its effect is there wholly or not at all. Safe to use from several threads.
class Catalog {
 public:
  // Opens or makes the file. Throws Error (kIo, kNoSpace; kBadInput for a file of another kind or a newer format).
  explicit Catalog(const std::filesystem::path& file);
  ~Catalog();

  std::optional<SourceRow> FindSource(const std::string& locator) const;
  std::vector<SourceRow> Sources() const;

  // Adds the source or replaces what is known of it; drops segments, rejections and work of an earlier, other content.
  void BeginSource(const SourceRow& source);

  // Another source with the same content, begun or rejected before; none that was rejected as a duplicate itself, or
  // could not be read.
  std::optional<SourceRow> FindContent(const std::string& sha256, const std::string& other_than_locator) const;
  bool IsDuplicate(const std::string& locator) const { return IsRejectedFor(locator, kDuplicateSource); }
  bool IsRejectedFor(const std::string& locator, std::string_view reason) const;

  // Work done on parts of a source, kept so that a killed run goes on where it stopped. A part's bytes are the
  // caller's; see harvest/observation.h.
  void SaveUnit(const std::string& locator, std::int64_t unit, const std::string& bytes);
  std::vector<std::int64_t> UnitsDone(const std::string& locator) const;
  std::string Unit(const std::string& locator, std::int64_t unit) const;  // its bytes; requires that it was saved

  // Ends the work on a source: its segments and rejections replace what was there, its units go. `extras` is empty or
  // has one for each segment; empty prints are not kept.
  void FinishSource(const SourceRow& source, const std::vector<SegmentRecord>& segments,
                    const std::vector<RejectionRecord>& rejections, const std::vector<SegmentExtras>& extras = {},
                    const SourcePrints& prints = {});
  void RejectSource(const SourceRow& source, const RejectionRecord& rejection);

  // The language of a source that was finished, and of all that is known of it.
  void SetLanguage(const std::string& locator, const std::string& language);

  // Removes all that is known of the sources, and remembers digests of their bytes and locators, from which nobody can
  // tell what they were. What of other sources was rejected for repeating them stays rejected, and no longer names
  // them.
  void DropSources(const std::vector<SourceRow>& sources);
  void RememberDropped(const std::string& digest);
  bool IsDropped(const std::string& digest) const;

  // Of a finished source; empty where none were kept.
  SourcePrints PrintsOf(const std::string& locator) const;

  // Rejects segments of a source that were kept before.
  void RejectSegments(const SourceRow& source, const std::vector<SegmentRecord>& segments,
                      const std::vector<RejectionRecord>& rejections);

  // Removes segments, and remembers where in their sources' content they lay. What was rejected for repeating them
  // stays rejected, and no longer says what it repeats.
  void DropSegments(const std::vector<SegmentRecord>& segments);
  std::vector<SpanMs> DroppedSpans(const std::string& sha256) const;  // ascending

  // What SQLite finds wrong with the file's pages; nothing if they are whole.
  std::optional<std::string> Damage() const;

  // Writes the file anew, without anything that was ever removed from it. Throws Error (kIo, kNoSpace): it is as it
  // was.
  void Compact();

  // Visits all kept segments sorted by (source, start, id), and all rejections by (source, start).
  void ForEachSegment(const std::function<void(const SegmentRecord&)>& visit) const;
  void ForEachRejection(const std::function<void(const RejectionRecord&)>& visit) const;

  // The picture of a segment's face, JPEG; empty where there is none.
  std::string FacePicture(const std::string& segment_id) const;

  // Visits the segments that have a voice print by (source, start, id), as all others do.
  void ForEachVoice(const std::function<void(const SegmentVoice&)>& visit) const;
  bool HasVoicesWithoutSpeaker() const;

  // What a voice model says of segments; the model is known by its digest. Segments that it heard before are in the
  // set, too short ones among them.
  std::set<std::string> SegmentsHeardBy(const std::string& model_sha256) const;
  void SetVoiceEmotions(const std::string& model_sha256, const std::vector<HeardSegment>& heard);

  // What comes of that for segments, by their ids.
  void SetVoiceChecks(const std::vector<std::pair<std::string, VoiceCheck>>& checks);

  // Who speaks in each segment: pairs of a segment's id and the speaker's. Segments that are not named have none.
  void SetSpeakers(const std::vector<std::pair<std::string, std::string>>& speakers);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  mutable std::mutex mutex_;
};

}  // namespace sezim
