// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/yt_dlp.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sezim/base/paths.h"

namespace sezim {
namespace {

using Arguments = std::vector<std::string>;

constexpr YtDlpPacing kPacing{.socket_timeout_s = 20, .retries = 3, .sleep_s = 1.5};

Arguments With(Arguments more) {
  Arguments all = {"--ignore-config",
                   "--no-plugin-dirs",
                   "--no-remote-components",
                   "--no-cache-dir",
                   "--no-cookies",
                   "--no-cookies-from-browser",
                   "--no-exec",
                   "--color",
                   "never",
                   "--socket-timeout",
                   "20",
                   "--retries",
                   "3",
                   "--extractor-retries",
                   "3",
                   "--fragment-retries",
                   "3",
                   "--retry-sleep",
                   "http:1.5",
                   "--retry-sleep",
                   "fragment:1.5",
                   "--retry-sleep",
                   "extractor:1.5",
                   "--sleep-requests",
                   "1.5"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

TEST(YtDlpArguments, SearchForVideos) {
  EXPECT_EQ(
      VideoSearchArguments("қазақша сұхбат", 20, ListingDetail::kFlat, kPacing),
      With({"--dump-json", "--lazy-playlist", "--yes-playlist", "--flat-playlist", "--", "ytsearch20:қазақша сұхбат"}));
  EXPECT_EQ(VideoSearchArguments("--exec=x; $(id)", 0, ListingDetail::kFull, kPacing),
            With({"--dump-json", "--lazy-playlist", "--yes-playlist", "--no-flat-playlist", "--ignore-no-formats-error",
                  "--", "ytsearchall:--exec=x; $(id)"}));
}

TEST(YtDlpArguments, SearchForPlaylists) {
  EXPECT_EQ(PlaylistSearchArguments("ән & би=1", 7, kPacing),
            With({"--dump-json", "--lazy-playlist", "--yes-playlist", "--flat-playlist", "--playlist-items", ":7", "--",
                  "https://www.youtube.com/"
                  "results?search_query=%D3%99%D0%BD%20%26%20%D0%B1%D0%B8%3D1&sp=EgIQAw%253D%253D"}));
}

TEST(YtDlpArguments, LinksOfAPlaylist) {
  EXPECT_EQ(
      PlaylistArguments("https://example.org/list", 0, ListingDetail::kFlat, kPacing),
      With({"--dump-json", "--lazy-playlist", "--yes-playlist", "--flat-playlist", "--", "https://example.org/list"}));
  EXPECT_EQ(PlaylistArguments("https://example.org/list", 5, ListingDetail::kFull, kPacing),
            With({"--dump-json", "--lazy-playlist", "--yes-playlist", "--no-flat-playlist", "--ignore-no-formats-error",
                  "--playlist-items", ":5", "--", "https://example.org/list"}));
}

TEST(YtDlpArguments, Download) {
  EXPECT_EQ(DownloadArguments("https://example.org/v", 1000, kPacing),
            With({"--dump-json",
                  "--no-simulate",
                  "--no-playlist",
                  "--flat-playlist",
                  "--playlist-items",
                  "1",
                  "--abort-on-unavailable-fragments",
                  "--format",
                  "bv*+ba/b",
                  "--format-sort",
                  "lang,res:1080,fps:30,vcodec:h264,acodec:aac",
                  "--merge-output-format",
                  "mp4/mkv",
                  "--max-filesize",
                  "1000",
                  "--sleep-interval",
                  "1.5",
                  "--no-mtime",
                  "--progress",
                  "--newline",
                  "--progress-delta",
                  "0.5",
                  "--progress-template",
                  "download:sezim-progress %(progress.downloaded_bytes)s %(progress.total_bytes)s",
                  "--output",
                  "media.%(ext)s",
                  "--",
                  "https://example.org/v"}));
}

// What is written above means something only if the real program takes it.
TEST(YtDlpArguments, AreAllKnownToYtDlp) {
  const YtDlpProgram program = YtDlpProgram::Installed();
  const SubprocessOptions run = YtDlpRunOptions(program, kPacing);
  const auto accepts = [&](Arguments arguments) {
    // All options are read and validated before this one makes it print a table and end.
    arguments.insert(std::find(arguments.begin(), arguments.end(), "--"), "--list-impersonate-targets");
    const SubprocessResult result = RunSubprocess(CommandLine(program, arguments), run);
    EXPECT_TRUE(result.Succeeded()) << result.error_tail;
    EXPECT_NE(result.out.find("Client"), std::string::npos) << result.out;
  };
  EXPECT_FALSE(
      RunSubprocess(CommandLine(program, {"--no-such-option", "--list-impersonate-targets"}), run).Succeeded());
  accepts(VideoSearchArguments("k", 1, ListingDetail::kFull, kPacing));
  accepts(PlaylistArguments("http://127.0.0.1/", 1, ListingDetail::kFlat, kPacing));
  accepts(DownloadArguments("http://127.0.0.1/", 1, kPacing));
}

TEST(YtDlpProgram, IsolatesPython) {
  const YtDlpProgram program = YtDlpProgram::Installed();
  EXPECT_EQ(CommandLine(program, {"x"}), (Arguments{"python3", "-m", "yt_dlp", "x"}));
  const std::pair<std::string, std::string> folder{"PYTHONPATH", DependencyFolder() / "yt-dlp"};
  EXPECT_NE(std::find(program.environment.begin(), program.environment.end(), folder), program.environment.end());
  const std::pair<std::string, std::string> safe{"PYTHONSAFEPATH", "1"};
  EXPECT_NE(std::find(program.environment.begin(), program.environment.end(), safe), program.environment.end());
}

TEST(YtDlpFailure, ReadsTheLastErrorAndWhetherItMayPass) {
  const auto failure = [](std::string text) {
    SubprocessResult result;
    result.exit_status = 1;
    result.error_tail = std::move(text);
    return FailureOf(result, {});
  };
  const YtDlpFailure missing = failure("WARNING: x\nERROR: first\nERROR: [a] b: HTTP Error 404: Not Found\nend\n");
  EXPECT_EQ(missing.message, "[a] b: HTTP Error 404: Not Found");
  EXPECT_EQ(missing.num_errors, 2);
  EXPECT_FALSE(missing.transient);
  EXPECT_TRUE(failure("ERROR: x: HTTP Error 429: Too Many Requests").transient);
  EXPECT_TRUE(failure("ERROR: x: HTTP Error 503: Unavailable").transient);
  EXPECT_TRUE(failure("ERROR: x: Read timed out. (caused by TransportError())").transient);
  EXPECT_FALSE(failure("ERROR: Got error: Read timed out.. Giving up after 3 retries").transient);
  EXPECT_FALSE(failure("ERROR: Failed to resolve 'x' ([Errno -2] Name or service not known)").transient);
  EXPECT_EQ(failure("").message, "yt-dlp ended with exit status 1");
  EXPECT_EQ(failure("ERROR: a\x1b[31m\n").message, "a%1B[31m");

  SubprocessResult silent;
  silent.end = SubprocessEnd::kIdleTimeout;
  SubprocessOptions options;
  options.idle_timeout = std::chrono::seconds(5);
  EXPECT_EQ(FailureOf(silent, options).message, "yt-dlp was ended: no output for 5 s");
}

TEST(YtDlpFailure, BlamesTheSiteForItsFaults) {
  EXPECT_EQ(NetworkError("list", "http://a", "HTTP Error 500: Internal Server Error").remedy(),
            "the site has a fault of its own: try again later");
}

TEST(YtDlpFailure, HasARemedy) {
  for (const char* message :
       {"HTTP Error 404", "HTTP Error 429", "HTTP Error 403", "Unsupported URL: x", "timed out", "odd"}) {
    const Error error = NetworkError("list", "http://a", message);
    EXPECT_EQ(error.kind(), ErrorKind::kNetwork);
    EXPECT_EQ(std::string(error.what()), std::string("cannot list http://a: ") + message);
    EXPECT_FALSE(error.remedy().empty());
  }
}

TEST(YtDlpPacing, ChecksItself) {
  OptionChecks checks("x");
  YtDlpPacing{.socket_timeout_s = 0, .retries = -1, .sleep_s = -1}.AddTo(checks);
  try {
    checks.ThrowIfAny();
    FAIL() << "accepted";
  } catch (const Error& error) {
    for (const char* name : {"socket_timeout_s", "retries", "sleep_s"}) {
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
    }
  }
}

TEST(MayTryAgain, CountsAttemptsAndNeverStartsAfreshForEver) {
  const YtDlpFailure passing{.message = "429", .num_errors = 1, .transient = true};
  const YtDlpFailure lasting{.message = "404", .num_errors = 1, .transient = false};
  EXPECT_TRUE(MayTryAgain(passing, 1, {.retries = 1}));
  EXPECT_FALSE(MayTryAgain(passing, 2, {.retries = 1}));
  EXPECT_FALSE(MayTryAgain(passing, 1, {.retries = 0}));
  EXPECT_FALSE(MayTryAgain(lasting, 1, {.retries = 9}));
  EXPECT_TRUE(MayTryAgain(passing, 3, {.retries = 9}));
  EXPECT_FALSE(MayTryAgain(passing, 4, {.retries = 9}));
}

TEST(WaitBeforeRetry, EndsWhenStopped) {
  std::stop_source source;
  source.request_stop();
  EXPECT_THROW(WaitBeforeRetry(9, {.sleep_s = 3600}, source.get_token()), Error);
  EXPECT_NO_THROW(WaitBeforeRetry(1, {.sleep_s = 0}, {}));
}

}  // namespace
}  // namespace sezim
