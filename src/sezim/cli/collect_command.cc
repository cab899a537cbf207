// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/cli/command.h"
#include "sezim/cli/interrupt.h"
#include "sezim/cli/language_tag.h"
#include "sezim/cli/pacing_options.h"
#include "sezim/cli/tell.h"
#include "sezim/corpus/source_list.h"
#include "sezim/harvest/collect.h"

namespace sezim::cli {
namespace {

struct CollectArguments {
  CollectOptions options;
  std::filesystem::path out;
  bool details = false;
};

// Reads the list that is to be added to. A line that cannot be read is an error: writing would lose it.
SourceSet ReadExisting(const std::filesystem::path& path) {
  SourceSet set;
  try {
    ReadSourceList(path, [&](SourceRecord&& record) { set.Add(std::move(record)); });
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kNotFound) throw;
  }
  return set;
}

void CheckOut(const std::filesystem::path& out) {
  const std::filesystem::path folder = out.has_parent_path() ? out.parent_path() : ".";
  if (::access(folder.c_str(), W_OK) != 0)
    throw SystemError(errno, "cannot write into the folder", DisplayName(folder));
  ReadExisting(out);
}

void AddToFile(const std::filesystem::path& out, const CollectResult& result) {
  SourceSet set = ReadExisting(out);
  std::size_t num_new = 0;
  for (const SourceRecord& record : result.records) num_new += set.Add(record) ? 1 : 0;
  WriteSourceList(out, set.records());
  Tell("{}: {} new, {} already there, {} in all\n", DisplayName(out), num_new, result.records.size() - num_new,
       set.records().size());
}

void Print(const CollectResult& result) {
  std::string text;
  for (const SourceRecord& record : result.records) text += ToJson(record) + '\n';
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!written) throw SystemError(errno, "cannot write to", "standard output");
}

void Summarise(const CollectResult& result) {
  Tell("found {}, kept {}", result.num_found, result.records.size());
  if (result.num_duplicates > 0) Tell(", {} found more than once", result.num_duplicates);
  for (const auto& [reason, count] : result.rejections) Tell("\n  left out: {} × {}", count, reason);
  Tell("\n");
  for (const CollectFailure& failure : result.failures) {
    Tell("sezim: {}\n       {}.\n", failure.error.what(), failure.error.remedy());
  }
}

int Run(CollectArguments arguments) {
  if (arguments.details) arguments.options.detail = ListingDetail::kFull;
  arguments.options.Validate();
  if (!arguments.out.empty()) CheckOut(arguments.out);

  const std::stop_token stop = StopOnInterrupt();
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  const CollectResult result = Collect(arguments.options, stop, [&](const CollectProgress& progress) {
    if (terminal) Tell("\r\033[K{}: {} found", progress.subject, progress.num_found);
  });
  if (terminal) Tell("\r\033[K");

  if (arguments.out.empty()) {
    Print(result);
  } else {
    AddToFile(arguments.out, result);
  }
  Summarise(result);
  if (result.interrupted) return kInterrupted;
  if (result.failures.empty()) return kDone;
  const bool all_failed = static_cast<int>(result.failures.size()) == result.num_queries && result.records.empty();
  return all_failed ? kFailed : kSomeRejected;
}

void AddCommonOptions(CLI::App& command, CollectArguments& arguments) {
  CollectOptions& options = arguments.options;
  command
      .add_option("--out", arguments.out, "Add to this file, each source once (default: JSON lines to standard output)")
      ->type_name("FILE");
  command
      .add_option("--title-include", options.title_include,
                  "Keep only titles with this text, whatever the case; repeatable")
      ->type_name("TEXT")
      ->take_all()
      ->allow_extra_args(false);
  command
      .add_option("--title-exclude", options.title_exclude,
                  "Leave out titles with this text ('фильм', 'trailer'), whatever the case; repeatable")
      ->type_name("TEXT")
      ->take_all()
      ->allow_extra_args(false);
  AddPacingOptions(command, options.pacing);
}

void AddKeywords(CLI::App& command, CollectOptions& options) {
  command.add_option("--keyword", options.keywords, "Search for this; repeatable")
      ->required()
      ->type_name("K")
      ->take_all()
      ->allow_extra_args(false);
}

void AddLimit(CLI::App& command, CollectOptions& options, std::int64_t default_limit, const char* what) {
  options.limit = default_limit;
  command.add_option("--limit", options.limit, what)->type_name("N")->capture_default_str();
}

void AddVideoFilters(CLI::App& command, CollectArguments& arguments) {
  CollectOptions& options = arguments.options;
  command.add_option("--min-duration", options.min_duration_s, "Leave out videos known to be shorter, in seconds")
      ->type_name("S");
  command.add_option("--max-duration", options.max_duration_s, "Leave out videos known to be longer, in seconds")
      ->type_name("S");
  command.add_option("--language", options.language, "Leave out videos known to be in another language (kk, ru, …)")
      ->check(LanguageTag());
  command.add_flag("--details", arguments.details,
                   "Ask for each video by itself: slow, but tells licence and language");
}

}  // namespace

void AddCollectCommand(CLI::App& app, Action& chosen) {
  CLI::App* collect = app.add_subcommand("collect", "Find videos on the net and write their links to a list");
  collect->require_subcommand(1);
  collect->footer(
      "Example: conversations in Kazakh of at least 5 minutes, no films, into one list that 'sezim harvest' "
      "reads:\n"
      "\n"
      "  sezim collect videos --keyword 'сұхбат' --keyword 'подкаст қазақша' --limit 200 \\\n"
      "      --min-duration 300 --title-exclude фильм --title-exclude сериал --out sources.jsonl\n"
      "  sezim harvest sources.jsonl --out corpus --language kk\n"
      "\n"
      "The list may be edited by hand: one JSON object a line, of which only \"url\" is needed. Running "
      "collect again\n"
      "with the same --out adds what is new. Exit status 3: some searches failed, each named with its "
      "reason.");

  const auto add = [&](const char* name, const char* what, CollectMode mode) {
    CLI::App* command = collect->add_subcommand(name, what);
    auto arguments = std::make_shared<CollectArguments>();
    arguments->options.mode = mode;
    command->callback([arguments, &chosen] { chosen = [arguments] { return Run(*arguments); }; });
    return std::pair(command, arguments);
  };

  const auto [videos, for_videos] = add("videos", "Videos that keywords find", CollectMode::kVideos);
  AddKeywords(*videos, for_videos->options);
  AddLimit(*videos, for_videos->options, 50, "Look at so many results for each keyword; 0: all");
  AddVideoFilters(*videos, *for_videos);
  AddCommonOptions(*videos, *for_videos);

  const auto [playlists, for_playlists] = add("playlists", "Playlists that keywords find", CollectMode::kPlaylists);
  AddKeywords(*playlists, for_playlists->options);
  AddLimit(*playlists, for_playlists->options, 50, "Look at so many results for each keyword; 0: all");
  AddCommonOptions(*playlists, *for_playlists);
  playlists->footer("A playlist's own links: sezim collect playlist URL --out sources.jsonl");

  const auto [playlist, for_playlist] =
      add("playlist", "What one playlist, channel, feed or page with videos links to", CollectMode::kPlaylist);
  playlist->add_option("url", for_playlist->options.url, "Its link, http or https")->required()->type_name("URL");
  AddLimit(*playlist, for_playlist->options, 0, "Look at so many of its entries; 0: all");
  AddVideoFilters(*playlist, *for_playlist);
  AddCommonOptions(*playlist, *for_playlist);
}

}  // namespace sezim::cli
