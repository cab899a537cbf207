// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/truth.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 8;

[[noreturn]] void Refuse(std::string_view origin, const std::string& what) {
  throw Error(ErrorKind::kBadInput, fmt::format("truth '{}': {}", ValidUtf8(origin), what),
              "docs/formats/truth.md describes the file");
}

double Seconds(const Json& object, const char* field, std::string_view origin, const std::string& where) {
  const auto found = object.find(field);
  if (found == object.end() || !found->is_number() || !std::isfinite(found->get<double>()) ||
      found->get<double>() < 0) {
    Refuse(origin, fmt::format("{}: '{}' must be a number of seconds, at least 0", where, field));
  }
  return found->get<double>();
}

std::vector<SpeechSpan> SpeechOf(const Json& span, std::string_view origin, const std::string& where) {
  std::vector<SpeechSpan> speech;
  const auto found = span.find("speech");
  if (found == span.end()) return speech;
  if (!found->is_array()) Refuse(origin, where + ": 'speech' must be a list of [start, end]");
  for (const Json& pair : *found) {
    const bool fits = pair.is_array() && pair.size() == 2 && pair[0].is_number() && pair[1].is_number() &&
                      pair[0].get<double>() <= pair[1].get<double>();
    if (!fits) Refuse(origin, where + ": 'speech' must hold [start, end] with start not after end");
    speech.push_back({pair[0].get<double>(), pair[1].get<double>()});
  }
  return speech;
}

TruthSpan SpanOf(const Json& json, std::string_view origin, const std::string& where) {
  if (!json.is_object()) Refuse(origin, where + " must be an object");
  TruthSpan span;
  span.start_s = Seconds(json, "start_s", origin, where);
  span.end_s = Seconds(json, "end_s", origin, where);
  if (span.end_s <= span.start_s) Refuse(origin, where + ": 'end_s' must lie after 'start_s'");
  const auto kind = json.find("kind");
  if (kind == json.end() || !kind->is_string()) Refuse(origin, where + ": 'kind' must be a text");
  span.kind = kind->get<std::string>();
  const auto usable = json.find("usable");
  if (usable != json.end() && !usable->is_boolean()) Refuse(origin, where + ": 'usable' must be true or false");
  span.usable = usable != json.end() ? usable->get<bool>() : span.kind == "speaking";
  if (const auto emotion = json.find("emotion"); emotion != json.end() && !emotion->is_null()) {
    if (emotion->is_string()) span.emotion = EmotionFromName(emotion->get<std::string>());
    if (!span.emotion) Refuse(origin, where + ": 'emotion' must be one of the seven emotions, or absent");
  }
  if (const auto speaker = json.find("speaker"); speaker != json.end() && !speaker->is_null()) {
    if (!speaker->is_string()) Refuse(origin, where + ": 'speaker' must be a text, or absent");
    span.speaker = speaker->get<std::string>();
  }
  span.speech = SpeechOf(json, origin, where);
  return span;
}

}  // namespace

Truth ParseTruth(std::string_view json_text, std::string_view origin) {
  if (json_text.size() > kMaxTruthBytes) Refuse(origin, fmt::format("it is larger than {} bytes", kMaxTruthBytes));
  bool too_deep = false;
  const auto watch_depth = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kMaxDepth;
    return !too_deep;
  };
  const Json json = Json::parse(json_text, watch_depth, /*allow_exceptions=*/false);
  if (json.is_discarded() || too_deep || !json.is_object()) Refuse(origin, "it must be one JSON object");
  if (json.value("schema", Json(0)) != Json(1)) Refuse(origin, "'schema' must be 1");
  Truth truth;
  const auto media = json.find("media");
  if (media == json.end() || !media->is_string()) Refuse(origin, "'media' must be the programme's file name");
  truth.media = media->get<std::string>();
  truth.duration_s = Seconds(json, "duration_s", origin, "the programme");
  const auto spans = json.find("spans");
  if (spans == json.end() || !spans->is_array()) Refuse(origin, "'spans' must be a list");
  for (const Json& one : *spans) {
    const std::string where = fmt::format("span {}", truth.spans.size() + 1);
    truth.spans.push_back(SpanOf(one, origin, where));
    if (truth.spans.size() > 1 && truth.spans.back().start_s < truth.spans[truth.spans.size() - 2].end_s - 1e-6) {
      Refuse(origin, where + " begins before the one in front of it ends");
    }
  }
  return truth;
}

Truth ReadTruth(const std::filesystem::path& file) {
  return ParseTruth(ReadTextFile(file, kMaxTruthBytes), DisplayName(file));
}

}  // namespace sezim
