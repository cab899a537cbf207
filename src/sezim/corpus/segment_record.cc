// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/segment_record.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
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
  const auto refuse = [&](const std::string& what) {
    throw Error(ErrorKind::kBadInput, fmt::format("{}: {}", ValidUtf8(origin), what),
                "run 'sezim harvest' on the same inputs again: it writes this file anew");
  };
  try {
    const Json json = Json::parse(line);
    SegmentRecord record;
    record.id = json.at("id").get<std::string>();
    record.source = json.at("source").get<std::string>();
    record.source_id = json.at("source_id").get<std::string>();
    record.start_ms = std::llround(json.at("start_s").get<double>() * 1000);
    record.end_ms = std::llround(json.at("end_s").get<double>() * 1000);
    const auto name = json.at("emotion").get<std::string>();
    const auto emotion = EmotionFromName(name);
    if (!emotion) refuse(fmt::format("'{}' is not one of the seven emotions", ValidUtf8(name)));
    record.emotion = *emotion;
    for (const Emotion each : kEmotions) {
      ScoreOf(record.scores, each) = json.at("scores").at(std::string(NameOf(each))).get<float>();
    }
    if (json.contains("voice_emotion") && !json["voice_emotion"].is_null()) {
      const auto voice = json["voice_emotion"].get<std::string>();
      record.voice_emotion = EmotionFromName(voice);
      if (!record.voice_emotion) refuse(fmt::format("'{}' is not one of the seven emotions", ValidUtf8(voice)));
      record.voice_scores.emplace();
      for (const Emotion each : kEmotions) {
        ScoreOf(*record.voice_scores, each) = json.at("voice_scores").at(std::string(NameOf(each))).get<float>();
      }
    }
    if (json.contains("voice_check") && !json["voice_check"].is_null()) {
      const auto check = json["voice_check"].get<std::string>();
      record.voice_check = VoiceCheckFromName(check);
      if (!record.voice_check) refuse(fmt::format("'{}' is not agrees, disagrees or unverified", ValidUtf8(check)));
    }
    record.agreement = json.at("agreement").get<double>();
    record.num_frames = json.at("frames").get<std::int64_t>();
    if (json.contains("speaker") && !json["speaker"].is_null()) record.speaker = json["speaker"].get<std::string>();
    if (json.contains("language") && !json["language"].is_null()) record.language = json["language"].get<std::string>();
    if (json.contains("snr_db") && !json["snr_db"].is_null()) record.snr_db = json["snr_db"].get<double>();
    record.audio = json.at("audio").get<std::string>();
    record.sha256 = json.at("sha256").get<std::string>();
    if (record.end_ms <= record.start_ms) refuse("'end_s' must lie after 'start_s'");
    return record;
  } catch (const Json::exception& error) {
    refuse(error.what());
  }
  Check(false, "not reached");
  return {};
}

}  // namespace sezim
