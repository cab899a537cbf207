// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "sezim/base/counted.h"
#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/catalog/corpus_drop.h"
#include "sezim/catalog/corpus_stats.h"
#include "sezim/catalog/corpus_verify.h"
#include "sezim/cli/command.h"
#include "sezim/cli/corpus_export_command.h"
#include "sezim/cli/corpus_filter_command.h"
#include "sezim/cli/corpus_read_command.h"
#include "sezim/cli/corpus_split_command.h"
#include "sezim/cli/progress_bar.h"
#include "sezim/cli/tell.h"

namespace sezim::cli {
namespace {

struct Arguments {
  std::string corpus;
  std::string source;
  std::string speaker;
  bool drops_source = false;
  bool json = false;
  StatsOptions stats;
  std::vector<std::string> without;
  std::size_t max_speakers = 10;
};

int Stats(const Arguments& arguments) {
  const CorpusFolder corpus(arguments.corpus);
  corpus.RequireCorpus();
  StatsOptions options = arguments.stats;
  for (const std::string& name : arguments.without) {
    const auto emotion = EmotionFromName(name);
    if (!emotion) {
      throw Error(ErrorKind::kUsage, fmt::format("there is no emotion '{}'", ValidUtf8(name)),
                  "give angry, disgust, fear, happy, neutral, sad or surprise");
    }
    options.without.push_back(*emotion);
  }
  const CorpusStats stats = StatsOf(Catalog(corpus.catalog()), options);
  fmt::print("{}", arguments.json ? JsonOf(stats) + "\n" : TextOf(stats, arguments.max_speakers));
  return kDone;
}

int Verify(const Arguments& arguments) {
  std::atomic<double> share = 0;
  std::vector<CorpusProblem> problems;
  {
    const ProgressBar bar([&] { return Bar(share, 40); });
    problems = VerifyCorpus(CorpusFolder(arguments.corpus), [&](double done) { share = done; });
  }
  for (const CorpusProblem& problem : problems) fmt::print("{}: {}\n", problem.file, problem.what);
  const CorpusFolder corpus(arguments.corpus);
  if (IsUnfinished(corpus)) {
    Tell(
        "{}; the harvest is not finished, or still runs: give the same command again, which goes on where it stopped "
        "and writes the lists and sounds that are behind, and verify then\n",
        problems.empty() ? "what is there is as its record says" : Counted(std::ssize(problems), "problem"));
    for (const std::string& name : VanishedSources(corpus)) {
      Tell("'{}' was begun and is no longer there: put it back, or 'sezim corpus drop' it as a --source\n", name);
    }
    return kFailed;
  }
  if (problems.empty()) {
    Tell("every file is as its record says\n");
    return kDone;
  }
  Tell("{}; harvesting the same sources into a new folder gives the right sounds and records\n",
       Counted(std::ssize(problems), "problem"));
  return kFailed;
}

int Drop(const Arguments& arguments) {
  const CorpusFolder corpus(arguments.corpus);
  const DroppedFromCorpus dropped =
      arguments.drops_source ? DropSource(corpus, arguments.source) : DropSpeaker(corpus, arguments.speaker);
  Tell("dropped {} of {}; no later harvest into this corpus takes them again\n",
       Counted(dropped.num_segments, "segment"), Counted(dropped.num_sources, "source"));
  if (dropped.num_reports > 0) {
    Tell("removed {} that showed them: 'sezim corpus report' makes a new one\n",
         Counted(dropped.num_reports, "report"));
  }
  if (dropped.is_split_removed) {
    Tell("removed split.json, which could not be read: 'sezim corpus split' makes a new one\n");
  }
  return kDone;
}

}  // namespace

void AddCorpusCommand(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("corpus", "See what is in a corpus, check it, and make a publication of it");
  command->require_subcommand(1);
  auto arguments = std::make_shared<Arguments>();
  const auto add = [&](const char* name, const char* what, int (*action)(const Arguments&)) {
    CLI::App* sub = command->add_subcommand(name, what);
    sub->add_option("CORPUS", arguments->corpus, "A folder that 'sezim harvest' made")->required();
    sub->callback([arguments, &chosen, action] { chosen = [arguments, action] { return action(*arguments); }; });
    return sub;
  };
  CLI::App* stats = add("stats", "Counts and hours by emotion, language and speaker; what each gate rejected", Stats);
  stats->add_flag("--json", arguments->json, "Print JSON");
  stats
      ->add_option("--language", arguments->stats.languages,
                   "Count this language alone ('unknown': none); several, each with its own --language, are merged")
      ->expected(1)
      ->take_all();
  stats->add_option("--without", arguments->without, "Leave this emotion out; may be given several times")
      ->expected(1)
      ->take_all();
  stats->add_option("--speakers", arguments->max_speakers, "How many speakers to show")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  CLI::App* drop = add("drop", "Remove all that came from a source or a speaker, and never take it again", Drop);
  CLI::Option_group* what = drop->add_option_group("what");
  what->add_option("--source", arguments->source,
                   "Its name or id, as segments.jsonl and rejected.jsonl have it, or its path or URL")
      ->each([arguments](const std::string&) { arguments->drops_source = true; });
  what->add_option("--speaker", arguments->speaker, "Their name, as segments.jsonl has it");
  what->require_option(1);
  AddCorpusReportCommands(*command, chosen);
  add("verify", "Find every file that differs from its record; exit status 1 if there is one", Verify);
  AddCorpusFilterCommand(*command, chosen);
  AddCorpusSplitCommand(*command, chosen);
  AddCorpusExportCommand(*command, chosen);
  AddCorpusReadCommands(*command, chosen);
}

}  // namespace sezim::cli
