// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/source_record.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "sezim/base/error.h"

namespace sezim {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kMaxDurationS = 1e9;
constexpr std::size_t kMaxUrlBytes = 8192;
constexpr std::size_t kMaxKeywords = 10'000;

Error NotAsExpected(const std::string& what) {
  return {ErrorKind::kBadInput, what,
          "correct or remove this line; docs/formats/sources.md tells what a line looks like"};
}

Json ParseObject(std::string_view line) {
  if (line.size() > kMaxSourceLineBytes) {
    throw NotAsExpected(fmt::format("the line is longer than {} bytes", kMaxSourceLineBytes));
  }
  const auto watch_depth = [](int depth, Json::parse_event_t, Json&) {
    if (depth > kMaxSourceDepth) {
      throw NotAsExpected(fmt::format("objects and arrays are nested more than {} deep", kMaxSourceDepth));
    }
    return true;
  };
  Json object;
  try {
    object = Json::parse(line, watch_depth);
  } catch (const Json::parse_error& error) {
    throw NotAsExpected(fmt::format("not valid JSON at byte {}", error.byte));
  } catch (const Json::exception&) {
    throw NotAsExpected("not valid JSON: a number is out of range");
  }
  if (!object.is_object()) throw NotAsExpected(fmt::format("expected a JSON object, not {}", object.type_name()));
  return object;
}

// Takes a field out of the object; null where it is absent.
Json Take(Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return nullptr;
  Json value = std::move(*found);
  object.erase(found);
  return value;
}

std::string TakeText(Json& object, const char* name) {
  const Json value = Take(object, name);
  if (value.is_null()) return {};
  if (!value.is_string()) {
    throw NotAsExpected(fmt::format("'{}' must be a text, not {}", name, value.type_name()));
  }
  return value.get<std::string>();
}

std::string TakeUrl(Json& object) {
  if (!object.contains("url")) throw NotAsExpected("the field 'url' is missing");
  std::string url = TakeText(object, "url");
  if (!IsFetchableUrl(url)) throw NotAsExpected("'url' must be a link that starts with http:// or https://");
  return url;
}

std::optional<double> TakeDuration(Json& object) {
  const Json value = Take(object, "duration_s");
  if (value.is_null()) return std::nullopt;
  const double duration_s = value.is_number() ? value.get<double>() : -1.0;
  if (!(duration_s >= 0.0 && duration_s <= kMaxDurationS)) {
    throw NotAsExpected(fmt::format("'duration_s' must be a number of seconds from 0 to {:g}", kMaxDurationS));
  }
  return duration_s;
}

std::string TakeLanguage(Json& object) {
  std::string language = TakeText(object, "language");
  if (!language.empty() && !IsLanguageTag(language))
    throw NotAsExpected("'language' must be a tag such as kk or pt-BR");
  return language;
}

SourceKind TakeKind(Json& object) {
  const std::string kind = TakeText(object, "kind");
  if (kind.empty() || kind == "video") return SourceKind::kVideo;
  if (kind == "playlist") return SourceKind::kPlaylist;
  throw NotAsExpected("'kind' must be \"video\" or \"playlist\"");
}

std::vector<std::string> TakeKeywords(Json& object) {
  const Json value = Take(object, "keywords");
  if (value.is_null()) return {};
  const bool texts = value.is_array() && value.size() <= kMaxKeywords &&
                     std::all_of(value.begin(), value.end(), [](const Json& word) { return word.is_string(); });
  if (!texts) throw NotAsExpected(fmt::format("'keywords' must be an array of at most {} texts", kMaxKeywords));
  std::vector<std::string> keywords;
  std::set<std::string> seen;
  for (const Json& word : value) {
    if (seen.insert(word.get<std::string>()).second) keywords.push_back(word.get<std::string>());
  }
  return keywords;
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

std::string TakeTime(Json& object) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:ddZ";
  std::string time = TakeText(object, "collected_at");
  const bool fits = time.size() == kShape.size() &&
                    std::equal(time.begin(), time.end(), kShape.begin(),
                               [](char c, char shape) { return shape == 'd' ? IsDigit(c) : c == shape; });
  if (!time.empty() && !fits) throw NotAsExpected("'collected_at' must look like 2026-01-31T23:59:59Z");
  return time;
}

}  // namespace

bool IsFetchableUrl(std::string_view url) {
  if (url.size() > kMaxUrlBytes) return false;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (url.size() <= scheme.size()) continue;
    const std::string_view front = url.substr(0, scheme.size());
    if (!std::equal(front.begin(), front.end(), scheme.begin(), [&](char a, char b) { return lower(a) == b; }))
      continue;
    const char host = url[scheme.size()];
    if (host == '/' || host == '?' || host == '#' || host == ':') return false;
    return std::all_of(url.begin(), url.end(),
                       [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; });
  }
  return false;
}

bool IsLanguageTag(std::string_view text) {
  return text.size() >= 2 && text.size() <= 35 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

SourceRecord ParseSourceRecord(std::string_view line) {
  Json object = ParseObject(line);
  SourceRecord record;
  record.kind = TakeKind(object);
  record.url = TakeUrl(object);
  record.extractor = TakeText(object, "extractor");
  record.id = TakeText(object, "id");
  record.title = TakeText(object, "title");
  record.channel = TakeText(object, "channel");
  record.duration_s = TakeDuration(object);
  record.license = TakeText(object, "license");
  record.language = TakeLanguage(object);
  record.keywords = TakeKeywords(object);
  record.collected_at = TakeTime(object);
  if (!object.empty()) record.other_fields = object.dump();
  return record;
}

std::string ToJson(const SourceRecord& record) {
  Json object = Json::object();
  const auto put = [&](const char* name, const std::string& text) {
    if (!text.empty()) object[name] = text;
  };
  if (record.kind == SourceKind::kPlaylist) object["kind"] = "playlist";
  put("url", record.url);
  put("extractor", record.extractor);
  put("id", record.id);
  put("title", record.title);
  put("channel", record.channel);
  if (record.duration_s) object["duration_s"] = *record.duration_s;
  put("license", record.license);
  put("language", record.language);
  if (!record.keywords.empty()) object["keywords"] = record.keywords;
  put("collected_at", record.collected_at);
  if (!record.other_fields.empty()) object.update(Json::parse(record.other_fields));
  return object.dump();
}

std::string UtcNow() {
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
}

}  // namespace sezim
