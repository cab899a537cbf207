// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/download.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <future>
#include <sstream>
#include <thread>

#include "sezim/base/paths.h"

namespace sezim {
namespace {

namespace fs = std::filesystem;

// The real yt-dlp against tests/e2e/loopback_server.py, which tells what each path does.
class DownloadTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::promise<std::string> said;
    std::future<std::string> greeting = said.get_future();
    server_ = std::jthread([promise = std::move(said)](const std::stop_token& stop) mutable {
      SubprocessOptions options;
      options.stop = stop;
      options.on_stdout_line = [&](std::string_view line) { promise.set_value(std::string(line)); };
      const std::string script = fs::path(SEZIM_SOURCE_FOLDER) / "tests" / "e2e" / "loopback_server.py";
      try {
        RunSubprocess(std::vector<std::string>{"python3", script}, options);
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kInterrupted) << error.what();
      }
    });
    ASSERT_EQ(greeting.wait_for(std::chrono::seconds(60)), std::future_status::ready);
    int port = 0;
    std::istringstream(greeting.get()) >> port >> clip_bytes_;
    base_ = fmt::format("http://127.0.0.1:{}", port);
  }
  static void TearDownTestSuite() { server_ = {}; }

  void SetUp() override {
    folder_ = fs::temp_directory_path() / fmt::format("sezim download %(title)s {}", ::getpid());
    options_.pacing = {.socket_timeout_s = 1, .retries = 2, .sleep_s = 0};
  }
  void TearDown() override { fs::remove_all(folder_); }

  DownloadedMedia Download(const std::string& path) { return DownloadMedia(base_ + path, folder_, options_); }

  // The Error that a download ends with; nothing may be left of it.
  Error ErrorOf(const std::string& path, std::stop_token stop = {}) {
    try {
      DownloadMedia(base_ + path, folder_, options_, std::move(stop));
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(base_ + path), std::string::npos) << error.what();
      EXPECT_TRUE(error.kind() == ErrorKind::kInterrupted || !error.remedy().empty()) << error.what();
      EXPECT_TRUE(fs::is_empty(folder_)) << fs::directory_iterator(folder_)->path();
      return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return {ErrorKind::kIo, ""};
  }

  static inline std::jthread server_;
  static inline std::string base_;
  static inline std::int64_t clip_bytes_ = 0;
  fs::path folder_;
  DownloadOptions options_;
};

TEST_F(DownloadTest, FetchesALinkUnderAFixedName) {
  std::optional<DownloadProgress> last;
  const DownloadedMedia media = DownloadMedia(base_ + "/clip.mp4?a=../../x", folder_, options_, {},
                                              [&](const DownloadProgress& progress) { last = progress; });
  EXPECT_EQ(media.path, folder_ / "media.mp4");
  EXPECT_EQ(media.num_bytes, clip_bytes_);
  EXPECT_EQ(static_cast<std::int64_t>(fs::file_size(media.path)), clip_bytes_);
  EXPECT_EQ(media.source.url, base_ + "/clip.mp4?a=../../x");
  EXPECT_EQ(media.source.id, "x") << "what yt-dlp makes of the link, and no part of the path";
  EXPECT_EQ(media.source.extractor, "Generic");
  ASSERT_TRUE(last);
  EXPECT_EQ(last->num_bytes, clip_bytes_);
  EXPECT_EQ(last->total_bytes, clip_bytes_);
}

TEST_F(DownloadTest, ReplacesWhatAnEarlierOneLeft) {
  fs::create_directories(folder_);
  std::ofstream(folder_ / "media.webm") << "old";
  std::ofstream(folder_ / "media.mp4.part") << "old";
  std::ofstream(folder_ / "other.txt") << "not ours";
  EXPECT_EQ(Download("/second.mp4").num_bytes, clip_bytes_);
  EXPECT_FALSE(fs::exists(folder_ / "media.webm"));
  EXPECT_FALSE(fs::exists(folder_ / "media.mp4.part"));
  EXPECT_TRUE(fs::exists(folder_ / "other.txt"));
}

TEST_F(DownloadTest, FindsTheOneVideoOfAPage) {
  EXPECT_EQ(Download("/embed.html").num_bytes, clip_bytes_);
}

TEST_F(DownloadTest, FetchesTheRestOfACutBody) {
  EXPECT_EQ(Download("/flaky.mp4").num_bytes, clip_bytes_);
}

TEST_F(DownloadTest, TriesAgainWhenAskedToSlowDown) {
  EXPECT_EQ(Download("/busy.mp4").num_bytes, clip_bytes_);
}

TEST_F(DownloadTest, GivesUpWithAReason) {
  EXPECT_NE(std::string(ErrorOf("/missing.mp4").what()).find("404"), std::string::npos);
  EXPECT_NE(std::string(ErrorOf("/always-busy.mp4").what()).find("429"), std::string::npos);
  const Error truncated = ErrorOf("/truncated.mp4");
  EXPECT_EQ(truncated.kind(), ErrorKind::kNetwork);
  EXPECT_NE(std::string(truncated.what()).find("more expected"), std::string::npos) << truncated.what();
}

TEST_F(DownloadTest, DoesNotWaitForEverForAStall) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_NE(std::string(ErrorOf("/stall.mp4").what()).find("timed out"), std::string::npos);
  EXPECT_NE(std::string(ErrorOf("/mute.mp4").what()).find("timed out"), std::string::npos);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

TEST_F(DownloadTest, KeepsToTheSizeLimit) {
  options_.max_bytes = clip_bytes_;
  EXPECT_EQ(Download("/clip.mp4").num_bytes, clip_bytes_);
  options_.max_bytes = clip_bytes_ - 1;
  EXPECT_EQ(ErrorOf("/clip.mp4").kind(), ErrorKind::kBadInput);
  options_.max_bytes = 1'000'000;
  const Error endless = ErrorOf("/endless.mp4");
  EXPECT_EQ(endless.kind(), ErrorKind::kBadInput);
  EXPECT_NE(std::string(endless.what()).find("more than the 1000000 allowed"), std::string::npos) << endless.what();
}

TEST_F(DownloadTest, RefusesAListOfVideos) {
  EXPECT_EQ(ErrorOf("/feed.xml").kind(), ErrorKind::kUsage);
  EXPECT_EQ(ErrorOf("/page.html").kind(), ErrorKind::kUsage);
}

TEST_F(DownloadTest, RefusesALiveStreamAndTakesARecordedOne) {
  for (const char* path : {"/live.m3u8", "/live.html", "/live-variants.html"}) {
    const Error error = ErrorOf(path);
    EXPECT_EQ(error.kind(), ErrorKind::kUsage) << path;
    EXPECT_NE(std::string(error.what()).find("it is a live stream"), std::string::npos) << error.what();
  }
  for (const char* path : {"/recorded.m3u8", "/recorded.html"}) EXPECT_GT(Download(path).num_bytes, 1000) << path;
}

TEST_F(DownloadTest, RefusesWhatIsNotAWebLink) {
  for (const char* url : {"file:///etc/passwd", "--exec=x", "ytsearch1:x", "", "/clip.mp4"}) {
    try {
      DownloadMedia(url, folder_, options_);
      ADD_FAILURE() << url;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    }
  }
  options_.max_bytes = 0;
  EXPECT_THROW(DownloadMedia(base_ + "/clip.mp4", folder_, options_), Error);
}

TEST_F(DownloadTest, StopsWhenAsked) {
  std::stop_source source;
  std::jthread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    source.request_stop();
  });
  options_.max_bytes = std::int64_t{1} << 40;
  try {
    DownloadMedia(base_ + "/endless.mp4", folder_, options_, source.get_token());
    FAIL() << "an endless download ended";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInterrupted);
    EXPECT_TRUE(fs::is_empty(folder_));
  }
}

}  // namespace
}  // namespace sezim
