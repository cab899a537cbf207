// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sezim/base/emotion.h"

namespace sezim {

// What came of asking a voice model about a segment: its voice sounds like the label, like another emotion, or could
// not be compared with it, for the model does not know the label or the segment is too short.
enum class VoiceCheck { kAgrees, kDisagrees, kUnverified };
inline constexpr std::array kVoiceChecks = {VoiceCheck::kAgrees, VoiceCheck::kDisagrees, VoiceCheck::kUnverified};

std::string_view NameOf(VoiceCheck check);  // "agrees", "disagrees", "unverified"
std::optional<VoiceCheck> VoiceCheckFromName(std::string_view name);

// One kept segment: a line of segments.jsonl (docs/formats/corpus.md).
struct SegmentRecord {
  std::string id{};         // SOURCE_ID-START_MS, unique in a corpus and safe as a file name
  std::string source{};     // name of the file below its input folder, or the URL
  std::string source_id{};  // first 16 digits of the sha256 of the source's bytes
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  Emotion emotion = Emotion::kNeutral;
  EmotionScores scores{};
  double agreement = 0;
  std::int64_t num_frames = 0;
  std::optional<Emotion> voice_emotion{};       // what the voice sounds like, where a voice model was asked
  std::optional<EmotionScores> voice_scores{};  // 0 for emotions that it does not know; goes with voice_emotion
  std::optional<std::string> speaker{};         // who speaks: the id of the first segment in which they are heard
  std::optional<std::string> language{};        // BCP 47, lower case: "kk"
  std::string audio{};                          // path in the corpus folder, '/' between its parts
  std::string sha256{};                         // of the audio file
  std::optional<double> snr_db{};               // of the voice above what is heard around it
  std::optional<VoiceCheck> voice_check{};      // nothing: no voice model was asked

  double duration_s() const { return static_cast<double>(end_ms - start_ms) / 1000; }
};

// A rejected segment or source: a line of rejected.jsonl.
struct RejectionRecord {
  std::string source{};
  std::optional<std::string> source_id{};
  std::optional<std::int64_t> start_ms{};  // of a segment; nothing for a whole source
  std::optional<std::int64_t> end_ms{};
  std::string reason{};                 // a fixed word: "too-few-frames", "bad-input", …
  std::optional<std::string> detail{};  // for people: what was wrong
  std::optional<std::string> remedy{};
  std::optional<std::int64_t> num_frames{};
  std::optional<Emotion> emotion{};       // the label that a segment had by then; nothing: it had none yet
  std::optional<std::string> language{};  // of a segment
};

// Of a segment that was kept before. The caller adds what is to be said of it.
RejectionRecord RejectionOf(const SegmentRecord& segment, std::string reason);

// Scores with four digits, as every list has them, that still sum to exactly 1: what rounding took or gave goes to the
// largest.
std::array<double, kNumEmotions> FourDigitScores(const EmotionScores& scores);

// One JSON object without a line end; the same record always gives the same bytes.
std::string JsonLine(const SegmentRecord& record);
std::string JsonLine(const RejectionRecord& record);

// Reads one line of segments.jsonl. `origin` ("FILE, line N") is for messages. Throws Error (kBadInput).
SegmentRecord ParseSegmentRecord(std::string_view line, std::string_view origin);

}  // namespace sezim
