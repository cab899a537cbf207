// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <numeric>
#include <regex>
#include <thread>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/cli/command.h"
#include "sezim/cli/harvest_log.h"
#include "sezim/cli/interrupt.h"
#include "sezim/cli/language_tag.h"
#include "sezim/cli/pacing_options.h"
#include "sezim/cli/progress_bar.h"
#include "sezim/harvest/corpus_description.h"
#include "sezim/harvest/harvester.h"

namespace sezim::cli {
namespace {

struct Arguments {
  std::vector<std::string> inputs;
  std::string out;
  std::string recipe = "default";
  std::string language;
  std::string shard;
  std::string log = "text";
  std::string voice_model;
  bool no_filter = false;
  int num_jobs = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  bool keep_media = false;
  YtDlpPacing pacing;
};

std::vector<HarvestInput> Shard(std::vector<HarvestInput> inputs, const std::string& text) {
  if (text.empty()) return inputs;
  std::smatch parts;
  if (text.size() > 16 || !std::regex_match(text, parts, std::regex("([0-9]{1,6})/([0-9]{1,6})"))) {
    throw Error(ErrorKind::kUsage, fmt::format("--shard {} is not of the form i/N", text), "for example --shard 2/8");
  }
  return ShardOf(inputs, std::stoi(parts[1]), std::stoi(parts[2]));
}

int Run(const Arguments& arguments, HarvestLog& log) {
  const std::stop_token stop = StopOnInterrupt();
  HarvestOptions options{.recipe = LoadRecipe(arguments.recipe),
                         .num_jobs = arguments.num_jobs,
                         .keep_media = arguments.keep_media,
                         .pacing = arguments.pacing};
  if (!arguments.language.empty()) options.language = arguments.language;
  if (!arguments.voice_model.empty()) options.recipe.voice_filter.model = arguments.voice_model;
  if (arguments.no_filter) options.recipe.voice_filter.drops = false;
  options.Check();

  HarvestInputs found = FindInputs(arguments.inputs);
  RefuseOwnDownloads(found.inputs, CorpusFolder(arguments.out));
  ExpandLists(found, arguments.pacing, stop);
  for (const Error& error : found.left_out) log.LeftOut(error);
  const std::vector<HarvestInput> inputs = Shard(found.inputs, arguments.shard);
  if (inputs.empty() && arguments.shard.empty()) {
    throw Error(ErrorKind::kNotFound,
                fmt::format("there is no video among the inputs ({} other files)", found.num_left_alone),
                "give video files, folders that hold some, a sources.jsonl or URLs");
  }

  if (const auto model = FilteredBy(CorpusFolder(arguments.out)); model && !options.recipe.voice_filter.asks_voice()) {
    log.Note(
        fmt::format("'{}' has filtered this corpus, and new segments are not heard: afterwards, give 'sezim corpus "
                    "filter' again",
                    ValidUtf8(*model)));
  }
  HarvestMeter meter;
  StageTimes times;
  HarvestSummary summary;
  {
    const auto watch = log.Watch(meter);
    summary = Harvest(inputs, arguments.out, options, ModelStore(), meter, times, log.Events(), stop);
  }
  log.Summary(summary, meter.Read(), times, options.num_jobs, arguments.out);
  if (summary.interrupted) return kInterrupted;
  return summary.num_sources_rejected > 0 || !found.left_out.empty() ? kSomeRejected : kDone;
}

int RunAndReport(const Arguments& arguments) {
  HarvestLog log(arguments.log == "json" ? HarvestLog::Form::kJson : HarvestLog::Form::kText);
  try {
    return Run(arguments, log);
  } catch (const Error& error) {
    log.Failed(error);
    return StatusOf(error);
  }
}

}  // namespace

void AddHarvestCommand(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("harvest", "Make a corpus of emotional speech out of videos");
  auto arguments = std::make_shared<Arguments>();
  command
      ->add_option("INPUT", arguments->inputs,
                   "Video files, folders of videos (searched to any depth), lists of sources (*.jsonl, as 'sezim "
                   "collect' writes them) or URLs")
      ->required();
  command
      ->add_option("--out,-o", arguments->out,
                   "The corpus folder. Made if need be; a corpus that is there already grows, and what an earlier "
                   "run finished is not done again")
      ->required();
  command
      ->add_option("--recipe", arguments->recipe,
                   "What is kept and how it is labelled: 'default' (faces whose mouth makes the voice), 'paper' (the "
                   "published method) or a TOML file of options")
      ->capture_default_str();
  command
      ->add_option(
          "--language", arguments->language,
          "Language of the sources that do not state their own, as a BCP 47 tag such as kk or ru; also of those that "
          "an earlier run finished")
      ->check(LanguageTag());
  command->add_option("--jobs,-j", arguments->num_jobs, "Threads; the result does not depend on their number")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--shard", arguments->shard,
                      "i/N: only this share of the inputs (i from 1 to N), for N machines with a corpus folder each");
  command->add_option(
      "--voice-model", arguments->voice_model,
      "The last stage of the published harvest: keep only segments whose voice sounds to this model like "
      "what the face shows. A name ('voice-emodb' ships with sezim) or a folder that 'sezim train' wrote "
      "(default: as the recipe says; the shipped ones ask no voice)");
  command->add_flag("--no-filter", arguments->no_filter,
                    "With a voice model: write down what it says of each segment, but drop none");
  command->add_flag("--keep-media", arguments->keep_media,
                    "Keep downloaded videos in CORPUS/media instead of deleting them when they have been harvested");
  AddPacingOptions(*command, arguments->pacing);
  command->add_option("--log", arguments->log, "How to talk on standard error: text, or json (one object a line)")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->footer(
      "\nExamples:\n"
      "  sezim harvest interviews/ --out corpus --language kk\n"
      "  sezim harvest sources.jsonl more/*.mp4 --out corpus\n"
      "\nCtrl-C stops; the same command goes on where it stopped. Exit status: 0 done, 1 failed, 2 wrong usage,\n"
      "3 done but some inputs were rejected (rejected.jsonl names each with its reason; standard error names\n"
      "folders and lines of lists that cannot be read), 130 stopped.\n");
  command->callback([arguments, &chosen] { chosen = [arguments] { return RunAndReport(*arguments); }; });
}

}  // namespace sezim::cli
