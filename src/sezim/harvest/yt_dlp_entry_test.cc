// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/yt_dlp_entry.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "sezim/base/error.h"
#include "support/thrown.h"

namespace sezim {
namespace {

// The shapes are those of yt-dlp 2026.10.26, shortened: fields that are not read are left out.
constexpr const char* kFlatVideo = R"({"_type": "url", "ie_key": "Youtube", "id": "aaaaaaaaaaa",
  "url": "https://www.youtube.com/watch?v=aaaaaaaaaaa", "title": "Қазақша әңгіме", "description": null,
  "duration": 754, "channel_id": "UCx", "channel": "Арна", "uploader": "Арна", "live_status": null,
  "webpage_url": "https://www.youtube.com/watch?v=aaaaaaaaaaa", "extractor": "youtube", "extractor_key": "Youtube",
  "playlist_count": null, "playlist": "қазақша әңгіме", "playlist_webpage_url": "ytsearch7:қазақша әңгіме",
  "playlist_index": 1})";

TEST(YtDlpEntry, FlatVideo) {
  const YtDlpEntry entry = ParseYtDlpEntry(kFlatVideo);
  SourceRecord expected;
  expected.url = "https://www.youtube.com/watch?v=aaaaaaaaaaa";
  expected.extractor = "Youtube";
  expected.id = "aaaaaaaaaaa";
  expected.title = "Қазақша әңгіме";
  expected.channel = "Арна";
  expected.duration_s = 754;
  EXPECT_EQ(entry.record, expected);
  EXPECT_TRUE(entry.is_link);
  EXPECT_FALSE(entry.live);
  EXPECT_EQ(entry.playlist_count, 0);
}

TEST(YtDlpEntry, FlatPlaylist) {
  const YtDlpEntry entry = ParseYtDlpEntry(
      R"({"title": "Ойнату тізімі", "duration": null, "live_status": null, "ie_key": "YoutubeTab", "id": "PLx", "_type": "url",
          "url": "https://www.youtube.com/playlist?list=PLx", "extractor": "youtube:tab", "extractor_key": "YoutubeTab"})");
  EXPECT_EQ(entry.record.kind, SourceKind::kPlaylist);
  EXPECT_EQ(entry.record.url, "https://www.youtube.com/playlist?list=PLx");
  EXPECT_EQ(entry.record.title, "Ойнату тізімі");
  EXPECT_FALSE(entry.record.duration_s);
}

TEST(YtDlpEntry, LiveOrUpcoming) {
  EXPECT_TRUE(ParseYtDlpEntry(R"({"_type": "url", "url": "http://a", "live_status": "is_live"})").live);
  EXPECT_TRUE(
      ParseYtDlpEntry(R"({"_type": "url", "url": "http://a", "live_status": "is_upcoming", "is_live": false})").live);
  EXPECT_TRUE(ParseYtDlpEntry(R"({"_type": "video", "url": "http://a", "is_live": true})").live);
  EXPECT_FALSE(ParseYtDlpEntry(R"({"_type": "url", "url": "http://a", "live_status": "was_live"})").live);
  EXPECT_FALSE(ParseYtDlpEntry(R"({"_type": "url", "url": "http://a", "live_status": null, "is_live": null})").live);
}

TEST(YtDlpEntry, ManifestOfWhatMayBeLive) {
  const auto manifest = [](std::string_view more) {
    return ParseYtDlpEntry(fmt::format(R"({{"_type": "video", "webpage_url": "http://a/page", {}}})", more))
        .untold_manifest;
  };
  const std::string hls = R"("protocol": "m3u8_native", "url": "http://a/x.m3u8")";
  EXPECT_EQ(manifest(hls), "http://a/x.m3u8");
  EXPECT_EQ(manifest(hls + R"(, "manifest_url": "http://a/all.m3u8")"), "http://a/all.m3u8");
  EXPECT_EQ(manifest(R"("protocol": "http_dash_segments", "url": "http://a/x", "manifest_url": "http://a/x.mpd")"),
            "http://a/x.mpd");
  EXPECT_EQ(manifest(R"("protocol": "m3u8_native+m3u8_native", "requested_formats": [{"protocol": "m3u8_native",
                        "url": "http://a/v.m3u8", "manifest_url": "http://a/all.m3u8"}, {"url": "http://a/a.m3u8"}])"),
            "http://a/all.m3u8");
  EXPECT_EQ(manifest(R"("protocol": "https", "url": "https://a/x.mp4")"), "");
  EXPECT_EQ(manifest(R"("protocol": "m3u8_native", "url": "file:///etc/passwd")"), "");
  EXPECT_EQ(manifest(R"("protocol": 7, "requested_formats": [7])"), "");
  for (const char* told : {R"(, "live_status": "not_live")", R"(, "is_live": false)", R"(, "is_live": true)"}) {
    EXPECT_EQ(manifest(hls + told), "") << told;
  }
  EXPECT_EQ(ParseYtDlpEntry(R"({"webpage_url": "http://a/x.m3u8", )" + hls + "}").untold_manifest, "")
      << "yt-dlp has looked";
}

TEST(YtDlpEntry, FeedItemWithoutAnExtractorOfItsOwn) {
  const YtDlpEntry entry = ParseYtDlpEntry(
      R"({"_type": "url_transparent", "url": "http://h/clip.mp4", "title": "Бірінші", "webpage_url": "http://h/clip.mp4",
          "playlist_count": 2, "playlist_webpage_url": "http://h/feed.xml", "extractor": "generic", "extractor_key": "Generic"})");
  EXPECT_EQ(entry.record.url, "http://h/clip.mp4");
  EXPECT_EQ(entry.record.extractor, "");
  EXPECT_EQ(entry.record.id, "");
  EXPECT_EQ(entry.playlist_count, 2);
}

TEST(YtDlpEntry, VideoByItself) {
  const YtDlpEntry entry = ParseYtDlpEntry(
      R"({"_type": "video", "id": "v", "title": "t", "uploader": "u", "url": "https://cdn/x.mp4", "webpage_url": "https://site/v",
          "license": "Creative Commons Attribution", "language": "kk", "duration": 61.5, "extractor_key": "Site", "playlist": null})");
  EXPECT_EQ(entry.record.url, "https://site/v");
  EXPECT_EQ(entry.record.channel, "u");
  EXPECT_EQ(entry.record.license, "Creative Commons Attribution");
  EXPECT_EQ(entry.record.language, "kk");
  EXPECT_EQ(entry.record.duration_s, 61.5);
  EXPECT_EQ(entry.record.extractor, "Site");
  EXPECT_FALSE(entry.is_link);
}

TEST(YtDlpEntry, WhatIsNoLanguageTagIsNotKnown) {
  for (const char* language : {R"("kazakh, mostly")", R"("\u001b[31m")", R"("k")", R"("")", "7", "null"}) {
    const YtDlpEntry entry = ParseYtDlpEntry(fmt::format(R"({{"url": "https://site/v", "language": {}}})", language));
    EXPECT_EQ(entry.record.language, "") << language;
  }
  EXPECT_EQ(ParseYtDlpEntry(R"({"language": "zh-Hans_CN"})").record.language, "zh-Hans_CN");
}

TEST(YtDlpEntry, VideosOfOnePageAreToldApartByTheirMedia) {
  const YtDlpEntry entry = ParseYtDlpEntry(
      R"({"_type": "video", "id": "page-2", "url": "http://h/second.mp4", "webpage_url": "http://h/page.html",
          "playlist_webpage_url": "http://h/page.html", "playlist_count": 2, "extractor_key": "HTML5MediaEmbed"})");
  EXPECT_EQ(entry.record.url, "http://h/second.mp4");
}

TEST(YtDlpEntry, TakesOddTypesForNotStated) {
  const YtDlpEntry entry = ParseYtDlpEntry(
      R"({"_type": 7, "url": ["http://a"], "title": {"a": 1}, "duration": "12", "is_live": "yes", "playlist_count": 1.5})");
  EXPECT_EQ(entry.record, SourceRecord());
  EXPECT_FALSE(entry.live);
  EXPECT_FALSE(ParseYtDlpEntry(R"({"duration": -1})").record.duration_s);
  EXPECT_FALSE(ParseYtDlpEntry(R"({"duration": 1e300})").record.duration_s);
}

TEST(YtDlpEntry, RefusesWhatIsNotAnObject) {
  for (const std::string& line : {std::string("null"), std::string("[]"), std::string("{"), std::string("[download] x"),
                                  std::string("{\"title\":\"\xff\"}"), R"({"a":)" + std::string(100'000, '[')}) {
    EXPECT_THROW(ParseYtDlpEntry(line), Error) << line.substr(0, 20);
  }
}

TEST(YtDlpEntry, RefusesTextsThatAListCannotHold) {
  const auto titled = [](std::size_t length) {
    return R"({"url": "http://a", "title": ")" + std::string(length, 't') + "\"}";
  };
  EXPECT_EQ(ParseYtDlpEntry(titled(500'000)).record.title.size(), 500'000U);
  const Error error = ThrownBy([&] { ParseYtDlpEntry(titled(600'000)); });
  EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
  EXPECT_LT(std::string(error.what()).size(), 300U);
}

}  // namespace
}  // namespace sezim
