// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/segment_record.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <type_traits>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim {
namespace {

using Json = nlohmann::ordered_json;

// Numbers are written with a fixed number of digits: short, and the same everywhere.
double Rounded(double value, double digits) {
  return std::round(value * digits) / digits;
}

Json ScoresJson(const EmotionScores& scores) {
  const auto rounded = FourDigitScores(scores);
  Json json = Json::object();
  for (const Emotion emotion : kEmotions) {
    json[std::string(NameOf(emotion))] = rounded[static_cast<std::size_t>(emotion)];
  }
  return json;
}

constexpr double kMaxSeconds = 1e7;  // of a source's clock: 115 days
constexpr double kMaxFrames = 1e9;
constexpr double kMaxDecibels = 1000;

// What does not fit in a line that is read.
struct Wrong {
  std::string what{};
};

[[noreturn]] void Refuse(std::string_view origin, const std::string& what) {
  throw Error(ErrorKind::kBadInput, fmt::format("{}: {}", ValidUtf8(origin), ValidUtf8(what)),
              "run 'sezim harvest' on the same inputs again: it writes this file anew");
}

bool Has(const Json& json, const char* name) {
  return json.contains(name) && !json[name].is_null();
}

template <typename T>
T Field(const Json& json, const char* name) {
  try {
    return json.at(name).get<T>();
  } catch (const Json::exception&) {
    constexpr const char* kKind = std::is_same_v<T, double> ? "number" : "text";
    throw Wrong{fmt::format("'{}' is missing or no {}", name, kKind)};
  }
}

double Number(const Json& json, const char* name, double least, double most) {
  const auto number = Field<double>(json, name);
  if (number >= least && number <= most) return number;
  throw Wrong{fmt::format("'{}' is {:g}, and must lie between {:g} and {:g}", name, number, least, most)};
}

Emotion EmotionOf(const std::string& name) {
  if (const auto emotion = EmotionFromName(name)) return *emotion;
  throw Wrong{fmt::format("'{}' is not one of the seven emotions", name)};
}

EmotionScores ScoresOf(const Json& json, const char* name) {
  if (!json.contains(name) || !json[name].is_object()) throw Wrong{fmt::format("'{}' is missing or no object", name)};
  EmotionScores scores{};
  for (const Emotion each : kEmotions) {
    ScoreOf(scores, each) = static_cast<float>(Number(json[name], std::string(NameOf(each)).c_str(), 0, 1));
  }
  return scores;
}

template <typename T>
Json OrNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

}  // namespace

std::string_view NameOf(VoiceCheck check) {
  switch (check) {
    case VoiceCheck::kAgrees: return "agrees";
    case VoiceCheck::kDisagrees: return "disagrees";
    case VoiceCheck::kUnverified: return "unverified";
  }
  return "";
}

std::optional<VoiceCheck> VoiceCheckFromName(std::string_view name) {
  for (const VoiceCheck check : kVoiceChecks) {
    if (NameOf(check) == name) return check;
  }
  return std::nullopt;
}

RejectionRecord RejectionOf(const SegmentRecord& segment, std::string reason) {
  return {.source = segment.source,
          .source_id = segment.source_id,
          .start_ms = segment.start_ms,
          .end_ms = segment.end_ms,
          .reason = std::move(reason),
          .num_frames = segment.num_frames,
          .emotion = segment.emotion,
          .language = segment.language};
}

std::array<double, kNumEmotions> FourDigitScores(const EmotionScores& scores) {
  std::array<long, kNumEmotions> parts{};
  long sum = 0;
  for (std::size_t k = 0; k < kNumEmotions; ++k) sum += parts[k] = std::lround(scores[k] * 10'000.0);
  parts[static_cast<std::size_t>(Strongest(scores))] += 10'000 - sum;
  std::array<double, kNumEmotions> rounded{};
  for (std::size_t k = 0; k < kNumEmotions; ++k) rounded[k] = static_cast<double>(parts[k]) / 10'000.0;
  return rounded;
}

std::string JsonLine(const SegmentRecord& record) {
  Json json;
  json["id"] = record.id;
  json["source"] = record.source;
  json["source_id"] = record.source_id;
  json["start_s"] = static_cast<double>(record.start_ms) / 1000;
  json["end_s"] = static_cast<double>(record.end_ms) / 1000;
  json["emotion"] = NameOf(record.emotion);
  json["scores"] = ScoresJson(record.scores);
  json["agreement"] = Rounded(record.agreement, 10'000);
  json["frames"] = record.num_frames;
  json["voice_emotion"] = record.voice_emotion ? Json(NameOf(*record.voice_emotion)) : Json(nullptr);
  json["voice_scores"] = record.voice_scores ? ScoresJson(*record.voice_scores) : Json(nullptr);
  if (record.voice_check) json["voice_check"] = NameOf(*record.voice_check);
  json["speaker"] = OrNull(record.speaker);
  json["language"] = OrNull(record.language);
  json["audio"] = record.audio;
  json["sha256"] = record.sha256;
  if (record.snr_db) json["snr_db"] = Rounded(*record.snr_db, 10);
  return json.dump();
}

std::string JsonLine(const RejectionRecord& record) {
  Json json;
  json["source"] = record.source;
  json["source_id"] = OrNull(record.source_id);
  if (record.start_ms) json["start_s"] = static_cast<double>(*record.start_ms) / 1000;
  if (record.end_ms) json["end_s"] = static_cast<double>(*record.end_ms) / 1000;
  json["reason"] = record.reason;
  if (record.num_frames) json["frames"] = *record.num_frames;
  if (record.emotion) json["emotion"] = NameOf(*record.emotion);
  if (record.language) json["language"] = *record.language;
  if (record.detail) json["detail"] = *record.detail;
  if (record.remedy) json["remedy"] = *record.remedy;
  return json.dump();
}

SegmentRecord ParseSegmentRecord(std::string_view line, std::string_view origin) {
  try {
    const Json json = Json::parse(line);
    SegmentRecord record;
    record.id = Field<std::string>(json, "id");
    record.source = Field<std::string>(json, "source");
    record.source_id = Field<std::string>(json, "source_id");
    record.start_ms = std::llround(Number(json, "start_s", 0, kMaxSeconds) * 1000);
    record.end_ms = std::llround(Number(json, "end_s", 0, kMaxSeconds) * 1000);
    record.emotion = EmotionOf(Field<std::string>(json, "emotion"));
    record.scores = ScoresOf(json, "scores");
    if (Has(json, "voice_emotion")) {
      record.voice_emotion = EmotionOf(Field<std::string>(json, "voice_emotion"));
      record.voice_scores = ScoresOf(json, "voice_scores");
    }
    if (Has(json, "voice_check")) {
      const auto check = Field<std::string>(json, "voice_check");
      record.voice_check = VoiceCheckFromName(check);
      if (!record.voice_check) throw Wrong{fmt::format("'{}' is not agrees, disagrees or unverified", check)};
    }
    record.agreement = Number(json, "agreement", 0, 1);
    record.num_frames = std::llround(Number(json, "frames", 0, kMaxFrames));
    if (Has(json, "speaker")) record.speaker = Field<std::string>(json, "speaker");
    if (Has(json, "language")) record.language = Field<std::string>(json, "language");
    if (Has(json, "snr_db")) record.snr_db = Number(json, "snr_db", -kMaxDecibels, kMaxDecibels);
    record.audio = Field<std::string>(json, "audio");
    record.sha256 = Field<std::string>(json, "sha256");
    if (record.end_ms <= record.start_ms) throw Wrong{"'end_s' must lie after 'start_s'"};
    return record;
  } catch (const Json::exception& error) {
    Refuse(origin, error.what());
  } catch (const Wrong& wrong) {
    Refuse(origin, wrong.what);
  }
}

}  // namespace sezim
