// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <thread>

#include "sezim/base/file.h"
#include "sezim/cli/command.h"
#include "sezim/cli/experiment_progress.h"
#include "sezim/emotion/experiment_table.h"
#include "sezim/emotion/feature_cache.h"
#include "sezim/emotion/train_voice_model.h"

namespace sezim::cli {
namespace {

struct Arguments {
  std::string config;
  std::string data_root = ".";
  std::string corpus;
  std::string out;
  int jobs = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  bool no_evaluation = false;
};

// The command that made a model, and its figures, for the top of its card.
std::string Comment(const Arguments& arguments, const TrainedVoiceModel& model, const std::string& table) {
  std::string text = fmt::format("Made by: sezim train {} --data-root DATA\n",
                                 std::filesystem::path(arguments.config).is_relative()
                                     ? DisplayName(arguments.config)
                                     : DisplayName(std::filesystem::path(arguments.config).filename()));
  text += fmt::format("Hyper-parameters: {}\n", model.choice);
  if (!table.empty()) text += "Evaluated before on speakers apart, each fold with a model of its own:\n\n" + table;
  return text;
}

int Run(const Arguments& arguments) {
  const Experiment experiment = ReadExperiment(arguments.config);
  CheckCanTrain(experiment, arguments.out);
  FeatureCache cache;
  ExperimentOptions options = ExperimentOptionsOf(arguments.data_root, arguments.corpus, arguments.jobs, &cache);
  std::string table;
  TrainedVoiceModel model;
  {
    const ExperimentProgress progress(options);
    if (!arguments.no_evaluation) table = TextOf(RunExperiment(experiment, ModelStore(), options));
    model = TrainVoiceModel(experiment, ModelStore(), options);
  }
  const std::filesystem::path out = arguments.out.empty() ? model.card.name : arguments.out;
  WriteVoiceModel(model, Comment(arguments, model, table), out);
  if (!table.empty()) fmt::print("{}\n", table);
  fmt::print("{}: trained on {}, {}\nwritten to {}\n", model.card.name, model.card.trained_on, model.choice,
             DisplayName(out));
  for (const std::string& problem : model.problems) fmt::print(stderr, "left out: {}\n", ValidUtf8(problem));
  return model.problems.empty() ? kDone : kSomeRejected;
}

}  // namespace

void AddTrainCommand(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("train", "Train a recogniser of emotion from the voice");
  auto arguments = std::make_shared<Arguments>();
  command
      ->add_option("CONFIG", arguments->config,
                   "What to train on what: an experiment with a [model] (docs/formats/experiment.md)")
      ->required();
  command->add_option("--data-root", arguments->data_root, "The folder below which the corpora lie")
      ->capture_default_str();
  command->add_option("--corpus", arguments->corpus, "The corpus, where the file names no folder for it");
  command->add_option("--out", arguments->out, "The model's folder (default: its name)");
  command->add_option("--jobs", arguments->jobs, "Threads")->check(CLI::Range(1, 256))->capture_default_str();
  command->add_flag("--no-evaluation", arguments->no_evaluation,
                    "Only train: do not first evaluate on folds of speakers");
  command->callback([arguments, &chosen] { chosen = [arguments] { return Run(*arguments); }; });
  command->footer(
      "sezim train models/recipes/voice-emodb.toml --data-root DATA --out my-model\n"
      "first evaluates on folds of speakers, then trains on everything and writes my-model/card.toml and model.onnx, "
      "which\n"
      "'sezim recognize --model my-model' and 'sezim harvest --voice-model my-model' take.");
}

}  // namespace sezim::cli
