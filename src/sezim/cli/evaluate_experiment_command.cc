// SPDX-License-Identifier: Apache-2.0
#include "sezim/cli/evaluate_experiment_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <thread>

#include "sezim/base/file.h"
#include "sezim/cli/experiment_output.h"
#include "sezim/cli/experiment_progress.h"
#include "sezim/cli/tell.h"
#include "sezim/emotion/experiment_table.h"
#include "sezim/emotion/feature_cache.h"
#include "sezim/emotion/kept_folds.h"

namespace sezim::cli {
namespace {

struct Arguments {
  std::string experiment;
  std::string data_root = ".";
  std::string corpus;
  ExperimentOutput output;
  int jobs = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  bool markdown = false;
  bool no_cache = false;
};

// What gives the same figures again: options that change none are left out.
std::string CommandOf(const Arguments& arguments) {
  std::string command = "sezim evaluate " + Quoted(arguments.experiment);
  if (arguments.data_root != Arguments().data_root) command += " --data-root " + Quoted(arguments.data_root);
  if (!arguments.corpus.empty()) command += " --corpus " + Quoted(arguments.corpus);
  return command;
}

int Run(const Arguments& arguments) {
  const Experiment experiment = ReadExperiment(arguments.experiment);
  const std::string toml = ReadTextFile(arguments.experiment, kMaxExperimentBytes);
  arguments.output.Check();
  FeatureCache cache;
  ExperimentOptions options =
      ExperimentOptionsOf(arguments.data_root, arguments.corpus, arguments.jobs, arguments.no_cache ? nullptr : &cache);
  KeptFolds kept;
  if (!arguments.no_cache) options.kept = &kept;
  ExperimentResult result;
  {
    const ExperimentProgress progress(options);
    result = RunExperiment(experiment, ModelStore(), options);
  }
  fmt::print("{}", arguments.markdown ? MarkdownOf(result) : TextOf(result));
  arguments.output.Write(result, CommandOf(arguments), toml);
  if (kept.num_found() > 0) {
    Tell("{} folds had been finished before the last stop, and were not computed again\n", kept.num_found());
  }
  kept.Forget();
  if (const auto problem = cache.problem()) Tell("sezim: features are not kept: {}\n", *problem);
  for (const std::string& system : result.skipped) Tell("skipped: {}\n", ValidUtf8(system));
  for (const std::string& problem : result.problems) Tell("left out: {}\n", ValidUtf8(problem));
  if (!result.problems.empty()) {
    Tell("{} left out in all; the figures are of the rest\n", result.problems.size());
  }
  return result.problems.empty() ? kDone : kSomeRejected;
}

}  // namespace

void AddExperimentOptions(CLI::App& evaluate, Action& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::Option* experiment = evaluate.add_option("EXPERIMENT", arguments->experiment,
                                                "A file that says corpora, protocol, features and models");
  evaluate.add_option("--data-root", arguments->data_root, "The folder below which the experiment's corpora lie")
      ->capture_default_str();
  evaluate.add_option("--corpus", arguments->corpus, "The corpus of an experiment that names no folder for it");
  arguments->output.AddOptions(evaluate);
  evaluate.add_flag("--markdown", arguments->markdown, "Print the table as Markdown");
  evaluate.add_option("--jobs", arguments->jobs, "Threads")->check(CLI::Range(1, 256))->capture_default_str();
  evaluate.add_flag("--no-cache", arguments->no_cache,
                    "Compute everything anew, and keep neither what networks make of the sounds nor finished folds");
  evaluate.callback([&evaluate, experiment, arguments, &chosen] {
    if (!evaluate.get_subcommands().empty()) return;
    if (experiment->count() == 0) throw CLI::RequiredError("EXPERIMENT, or a part of sezim to measure,");
    chosen = [arguments] { return Run(*arguments); };
  });
  evaluate.footer(
      "sezim evaluate experiments/ravdess-si.toml --data-root DATA runs an experiment: every table that is published "
      "with\n"
      "sezim is one. With --report out.html it makes a page to look at and to send. Without an experiment, name one "
      "of\n"
      "the parts above. One that was stopped goes on where it was when the same command is given again.");
}

}  // namespace sezim::cli
