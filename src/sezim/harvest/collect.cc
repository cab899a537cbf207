// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/collect.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "sezim/base/file.h"
#include "sezim/base/utf8.h"
#include "sezim/corpus/source_list.h"
#include "sezim/harvest/caseless.h"
#include "sezim/harvest/is_live.h"
#include "sezim/harvest/yt_dlp_entry.h"

namespace sezim {
namespace {

constexpr std::int64_t kMaxLimit = 1'000'000;
constexpr std::size_t kMaxTextBytes = 500;

bool IsPlainText(const std::string& text) {
  return !text.empty() && text.size() <= kMaxTextBytes && IsValidUtf8(text) &&
         std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

void RequirePlainTexts(OptionChecks& checks, const std::vector<std::string>& texts, const char* name) {
  for (const std::string& text : texts) {
    checks.Require(IsPlainText(text), fmt::format("{} must be 1 to {} bytes of text on one line, not '{}'", name,
                                                  kMaxTextBytes, ValidUtf8(std::string_view(text).substr(0, 80))));
  }
}

// "kk-KZ" is Kazakh: only the first part of a tag counts.
std::string_view PrimaryLanguage(std::string_view tag) {
  return tag.substr(0, tag.find_first_of("-_"));
}

bool HoldsAny(const std::string& title, const std::vector<std::string>& parts) {
  return std::any_of(parts.begin(), parts.end(), [&](const auto& part) { return ContainsCaseless(title, part); });
}

// What one run of yt-dlp gives; its retries start anew, so that nothing is counted twice.
struct Listing {
  std::vector<YtDlpEntry> entries;
  std::optional<YtDlpFailure> failure{};
  std::optional<Error> unreadable_line{};  // the first of them; the others are of use
};

class Collector {
 public:
  Collector(const YtDlpProgram& program, const CollectOptions& options, std::stop_token stop,
            const std::function<void(const CollectProgress&)>& on_progress)
      : program_(program),
        options_(options),
        stop_(std::move(stop)),
        on_progress_(on_progress),
        collected_at_(UtcNow()) {}

  CollectResult Run() {
    const std::vector<std::string> subjects =
        options_.mode == CollectMode::kPlaylist ? std::vector{options_.url} : options_.keywords;
    for (const std::string& subject : subjects) {
      ++result_.num_queries;
      try {
        Query(subject);
      } catch (const Error& error) {
        if (error.kind() == ErrorKind::kInterrupted) {
          result_.interrupted = true;
          break;
        }
        if (error.kind() == ErrorKind::kNotFound) throw;  // no python3: it will not get better
        result_.failures.push_back({subject, error});
      }
    }
    result_.records = sources_.records();
    return std::move(result_);
  }

 private:
  void Query(const std::string& subject) {
    Listing listing;
    for (int attempt = 1;; ++attempt) {
      listing = Listing();
      try {
        RunOnce(subject, listing);
      } catch (const Error&) {
        for (YtDlpEntry& entry : listing.entries) Take(subject, std::move(entry));
        throw;
      }
      if (!listing.failure || !MayTryAgain(*listing.failure, attempt, options_.pacing)) break;
      WaitBeforeRetry(attempt, options_.pacing, stop_);
    }
    for (YtDlpEntry& entry : listing.entries) Take(subject, std::move(entry));
    if (stop_.stop_requested()) throw Error(ErrorKind::kInterrupted, "stopped while looking for live streams");
    if (!listing.failure && listing.unreadable_line) throw Error(*listing.unreadable_line);
    if (!listing.failure) return;
    const std::string more =
        listing.failure->num_errors > 1 ? fmt::format(" (and {} more)", listing.failure->num_errors - 1) : "";
    throw NetworkError(options_.mode == CollectMode::kPlaylist ? "list" : "search for", "'" + subject + "'",
                       listing.failure->message + more);
  }

  void RunOnce(const std::string& subject, Listing& listing) {
    SubprocessOptions run = YtDlpRunOptions(program_, options_.pacing);
    run.stop = stop_;
    run.on_stdout_line = [&](std::string_view line) {
      if (listing.entries.size() >= kMaxLimit) {
        throw Error(ErrorKind::kBadInput, fmt::format("'{}' has more than {} entries", subject, kMaxLimit),
                    "give a --limit");
      }
      try {
        listing.entries.push_back(ParseYtDlpEntry(line));
      } catch (const Error& error) {
        if (!listing.unreadable_line) listing.unreadable_line = error;
        return;
      }
      if (!on_progress_) return;
      on_progress_({subject, result_.num_found + static_cast<std::int64_t>(listing.entries.size()),
                    static_cast<std::int64_t>(sources_.records().size())});
    };
    const SubprocessResult result = RunSubprocess(CommandLine(program_, Arguments(subject)), run);
    if (!result.Succeeded()) listing.failure = FailureOf(result, run);
  }

  std::vector<std::string> Arguments(const std::string& subject) const {
    switch (options_.mode) {
      case CollectMode::kVideos: return VideoSearchArguments(subject, options_.limit, options_.detail, options_.pacing);
      case CollectMode::kPlaylists: return PlaylistSearchArguments(subject, options_.limit, options_.pacing);
      case CollectMode::kPlaylist: break;
    }
    return PlaylistArguments(subject, options_.limit, options_.detail, options_.pacing);
  }

  void Take(const std::string& subject, YtDlpEntry entry) {
    ++result_.num_found;
    std::string reason = RejectionReason(entry.record, entry.live, options_);
    // The others cost no request.
    if (reason.empty() && IsLive(program_, entry, options_.pacing, stop_)) reason = "live stream";
    if (!reason.empty()) {
      ++result_.rejections[reason];
      return;
    }
    entry.record.collected_at = collected_at_;
    if (options_.mode != CollectMode::kPlaylist) entry.record.keywords = {subject};
    if (!sources_.Add(std::move(entry.record))) ++result_.num_duplicates;
  }

  const YtDlpProgram& program_;
  const CollectOptions& options_;
  const std::stop_token stop_;
  const std::function<void(const CollectProgress&)>& on_progress_;
  const std::string collected_at_;
  SourceSet sources_;
  CollectResult result_;
};

}  // namespace

void CollectOptions::Validate() const {
  OptionChecks checks("collect");
  if (mode == CollectMode::kPlaylist) {
    checks.Require(
        IsFetchableUrl(url),
        fmt::format("the playlist must be a link that starts with http:// or https://, not '{}'", ValidUtf8(url)));
    checks.Require(keywords.empty(), "a playlist is listed without keywords");
  } else {
    checks.Require(!keywords.empty(), "at least one keyword is needed");
    checks.Require(url.empty(), "a search takes no link");
    RequirePlainTexts(checks, keywords, "a keyword");
  }
  checks.Require(limit >= 0 && limit <= kMaxLimit, fmt::format("limit must be from 0 to {}, not {}", kMaxLimit, limit));
  const double min_s = min_duration_s.value_or(0.0);
  const double max_s = max_duration_s.value_or(HUGE_VAL);
  checks.Require(min_s >= 0.0, fmt::format("min_duration_s must be at least 0 s, not {:g}", min_s));
  checks.Require(max_s >= min_s,
                 fmt::format("max_duration_s ({:g} s) must not be less than min_duration_s ({:g} s)", max_s, min_s));
  checks.Require(language.empty() || IsLanguageTag(language),
                 fmt::format("language must be a tag such as kk, not '{}'", ValidUtf8(language)));
  RequirePlainTexts(checks, title_include, "what a title must hold");
  RequirePlainTexts(checks, title_exclude, "what a title must not hold");
  pacing.AddTo(checks);
  checks.ThrowIfAny();
}

std::string RejectionReason(const SourceRecord& record, bool live, const CollectOptions& options) {
  if (live) return "live stream";
  if (!IsFetchableUrl(record.url)) return "not a web link";
  const bool playlist = record.kind == SourceKind::kPlaylist;
  if (playlist && options.mode == CollectMode::kVideos) return "a playlist, not a video";
  if (!playlist && options.mode == CollectMode::kPlaylists) return "a video, not a playlist";
  if (record.duration_s && *record.duration_s < options.min_duration_s.value_or(0.0)) return "shorter than wanted";
  if (record.duration_s && *record.duration_s > options.max_duration_s.value_or(HUGE_VAL)) return "longer than wanted";
  if (!options.language.empty() && !record.language.empty() &&
      FoldCase(PrimaryLanguage(record.language)) != FoldCase(PrimaryLanguage(options.language))) {
    return "other language";
  }
  const bool wanted = options.title_include.empty() || HoldsAny(record.title, options.title_include);
  if (!wanted || HoldsAny(record.title, options.title_exclude)) return "title not wanted";
  return "";
}

CollectResult Collect(const CollectOptions& options, std::stop_token stop,
                      const std::function<void(const CollectProgress&)>& on_progress) {
  options.Validate();
  return Collect(YtDlpProgram::Installed(), options, std::move(stop), on_progress);
}

CollectResult Collect(const YtDlpProgram& program, const CollectOptions& options, std::stop_token stop,
                      const std::function<void(const CollectProgress&)>& on_progress) {
  options.Validate();
  return Collector(program, options, std::move(stop), on_progress).Run();
}

}  // namespace sezim
