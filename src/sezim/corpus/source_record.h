// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sezim {

enum class SourceKind { kVideo, kPlaylist };

// What is known of one video (or playlist) somewhere on the net: a line of sources.jsonl
// (docs/formats/sources.md). All text is valid UTF-8 as its site gave it, so it may hold anything: never part
// of a path or of a command line before "--".
struct SourceRecord {
  SourceKind kind = SourceKind::kVideo;
  std::string url{};        // http or https
  std::string extractor{};  // which of yt-dlp's extractors `id` belongs to ("Youtube"); may be empty
  std::string id{};         // may be empty, as may title and channel
  std::string title{};
  std::string channel{};
  std::optional<double> duration_s{};   // at least 0
  std::string license{};                // empty: not stated
  std::string language{};               // as the site states it ("kk", "en-US"); empty: not stated
  std::vector<std::string> keywords{};  // those that found it, in the order they did, each once
  std::string collected_at{};           // "2026-01-31T23:59:59Z"; may be empty
  std::string other_fields{};           // the fields that we do not know, as a JSON object; empty: none

  bool operator==(const SourceRecord&) const = default;
};

inline constexpr std::size_t kMaxSourceLineBytes = std::size_t{1} << 20;
inline constexpr int kMaxSourceDepth = 16;  // nested objects and arrays in one line

// Whether `url` is one that we fetch: http or https, a host, at most 8192 bytes, no spaces or control
// characters.
bool IsFetchableUrl(std::string_view url);

// Whether `text` may be a language's tag (BCP 47, also with '_'): 2 to 35 ASCII letters, digits, '-' and '_'. Whether
// there is such a language is not looked up.
bool IsLanguageTag(std::string_view text);

// Reads one line, which holds one JSON object. Unknown fields are kept in other_fields. Throws Error of kind
// kBadInput that says what was expected.
SourceRecord ParseSourceRecord(std::string_view line);

// One JSON object without a line end. What ParseSourceRecord reads from it is the same record. Requires valid
// UTF-8.
std::string ToJson(const SourceRecord& record);

// Now, as collected_at spells it.
std::string UtcNow();

}  // namespace sezim
