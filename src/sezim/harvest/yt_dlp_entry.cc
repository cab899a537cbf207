// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/yt_dlp_entry.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 64;
constexpr double kMaxDurationS = 1e9;
constexpr std::size_t kMaxRecordBytes = kMaxSourceLineBytes / 2;  // which leaves room for keywords

Error Unreadable() {
  return {ErrorKind::kNetwork, "yt-dlp printed something that is not a JSON object",
          "set sezim up again: it needs the yt-dlp that it brings along"};
}

Json ParseObject(std::string_view line) {
  const auto watch_depth = [](int depth, Json::parse_event_t, Json&) {
    if (depth > kMaxDepth) throw Unreadable();
    return true;
  };
  try {
    Json object = Json::parse(line, watch_depth);
    if (!object.is_object()) throw Unreadable();
    return object;
  } catch (const Json::exception&) {
    throw Unreadable();
  }
}

std::string Text(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string FirstText(const Json& object, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::string text = Text(object, name); !text.empty()) return text;
  }
  return {};
}

std::optional<double> Duration(const Json& object) {
  const auto found = object.find("duration");
  if (found == object.end() || !found->is_number()) return std::nullopt;
  const double duration_s = found->get<double>();
  return duration_s >= 0.0 && duration_s <= kMaxDurationS ? std::optional(duration_s) : std::nullopt;
}

bool SaysLive(const Json& object) {
  const std::string status = Text(object, "live_status");
  const auto flag = object.find("is_live");
  return status == "is_live" || status == "is_upcoming" ||
         (status.empty() && flag != object.end() && flag->is_boolean() && flag->get<bool>());
}

// The manifest that the pictures come from; empty: from none.
std::string ManifestOf(const Json& object) {
  // Where picture and sound come apart, each has its own.
  const auto parts = object.find("requested_formats");
  if (parts != object.end() && parts->is_array() && !parts->empty()) {
    return parts->front().is_object() ? ManifestOf(parts->front()) : std::string();
  }
  const std::string protocol = Text(object, "protocol");
  if (protocol.starts_with("m3u8")) return FirstText(object, {"manifest_url", "url"});
  return protocol == "http_dash_segments" ? Text(object, "manifest_url") : std::string();
}

// yt-dlp looks into a manifest for whether it is live if it is given that manifest, not if it finds it in a page.
std::string UntoldManifest(const Json& object) {
  const auto flag = object.find("is_live");
  const bool told = !Text(object, "live_status").empty() || (flag != object.end() && flag->is_boolean());
  if (told) return {};
  std::string manifest = ManifestOf(object);
  return manifest != Text(object, "webpage_url") && IsFetchableUrl(manifest) ? manifest : std::string();
}

// Extractors whose results are lists, and which a flat list names without looking into them.
bool IsList(const std::string& type, const std::string& extractor) {
  return type == "playlist" || type == "multi_video" || extractor == "YoutubeTab" || extractor == "YoutubePlaylist" ||
         extractor.ends_with("Playlist") || extractor.ends_with("Channel");
}

}  // namespace

YtDlpEntry ParseYtDlpEntry(std::string_view line) {
  const Json object = ParseObject(line);
  const std::string type = Text(object, "_type");
  YtDlpEntry entry;
  entry.is_link = type == "url" || type == "url_transparent";
  entry.live = SaysLive(object);
  entry.untold_manifest = UntoldManifest(object);
  if (const auto count = object.find("playlist_count"); count != object.end() && count->is_number_integer()) {
    entry.playlist_count = count->get<std::int64_t>();
  }

  SourceRecord& record = entry.record;
  // In a flat list, extractor_key is that of the list wherever the entry does not name its own.
  record.extractor = entry.is_link ? Text(object, "ie_key") : Text(object, "extractor_key");
  record.kind = IsList(type, record.extractor) ? SourceKind::kPlaylist : SourceKind::kVideo;
  const std::string page = Text(object, "webpage_url");
  // Several videos of one page all name that page: only their media tell them apart.
  const bool page_is_list = !page.empty() && page == Text(object, "playlist_webpage_url");
  record.url = entry.is_link || page.empty() || page_is_list ? FirstText(object, {"url", "webpage_url"}) : page;
  record.id = Text(object, "id");
  record.title = Text(object, "title");
  record.channel = FirstText(object, {"channel", "uploader"});
  record.duration_s = Duration(object);
  record.license = Text(object, "license");
  // A site may say anything here; what is no tag is not known.
  if (std::string language = Text(object, "language"); IsLanguageTag(language)) record.language = std::move(language);
  if (ToJson(record).size() > kMaxRecordBytes) {
    throw Error(ErrorKind::kBadInput,
                fmt::format("what yt-dlp says of a video that it calls '{}' is longer than {} bytes",
                            ValidUtf8(std::string_view(record.title).substr(0, 80)), kMaxRecordBytes),
                "it is left out; harvest its link by itself");
  }
  return entry;
}

}  // namespace sezim
