// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <thread>

#include "sezim/base/file.h"
#include "sezim/cli/command.h"
#include "sezim/cli/experiment_output.h"
#include "sezim/cli/experiment_progress.h"
#include "sezim/cli/tell.h"
#include "sezim/emotion/experiment_table.h"
#include "sezim/emotion/feature_cache.h"
#include "sezim/emotion/run_face_experiment.h"
#include "sezim/emotion/train_voice_model.h"
#include "sezim/infer/model_folder.h"
#include "sezim/learn/classifier.h"
#include "sezim/training/train_face_model.h"

namespace sezim::cli {
namespace fs = std::filesystem;
namespace {

struct Arguments {
  std::string config;
  std::string data_root = ".";
  std::string corpus;
  std::string out;
  std::string init;
  ExperimentOutput output;
  int jobs = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  bool resume = false;
  bool no_evaluation = false;
};

// A file's name as it was given if it was relative, else without the folders of this machine.
std::string ShortName(const std::string& name) {
  return DisplayName(fs::path(name).is_relative() ? fs::path(name) : fs::path(name).filename());
}

// How a model was made and what it reached, for the top of its card.
std::string Comment(const Arguments& arguments, const TrainedModel& model, const std::string& table) {
  std::string text = fmt::format("Made by: sezim train {} --data-root DATA\n", ShortName(arguments.config));
  text += fmt::format("Chosen: {}\n", model.choice);
  if (!arguments.init.empty()) {
    text += fmt::format("Started from the weights of {}; by chance started: {}\n", ShortName(arguments.init),
                        model.fresh.empty() ? "none" : fmt::format("{}", fmt::join(model.fresh, ", ")));
  }
  return table.empty() ? text : text + "\n" + table;
}

NetworkStart StartOf(const Arguments& arguments, const Experiment& experiment, const fs::path& out) {
  NetworkStart start{.resume = arguments.resume};
  const std::string& classifier = experiment.systems.front().classifier;
  if (IsClassifierMethod(classifier)) {
    for (const auto& [option, given] : {std::pair{"--resume", arguments.resume}, {"--init", !arguments.init.empty()}}) {
      if (!given) continue;
      throw Error(ErrorKind::kUsage, fmt::format("{} does nothing for '{}'", option, classifier),
                  "it is for networks: leave it out, or name a network as the classifier");
    }
    return start;
  }
  start.checkpoint = out.lexically_normal();
  if (!start.checkpoint.has_filename()) start.checkpoint = start.checkpoint.parent_path();
  start.checkpoint += ".checkpoint";
  if (arguments.resume && !fs::exists(start.checkpoint)) {
    throw Error(ErrorKind::kUsage, fmt::format("there is no checkpoint '{}'", DisplayName(start.checkpoint)),
                "leave --resume out: training was not stopped, or not after its first epoch");
  }
  if (arguments.init.empty()) return start;
  start.initial = std::make_shared<const Model>(ModelStore().Open(arguments.init));
  const char* task = experiment.protocol == Protocol::kFaceFolder ? "expression" : "voice-emotion";
  if (start.initial->card.task != task) {
    throw Error(ErrorKind::kUsage,
                fmt::format("'{}' is a model of the task {}, not {}", arguments.init, start.initial->card.task, task),
                "start from a model of the same kind");
  }
  return start;
}

// What is trained, and how its figures are made afterwards.
struct Training {
  std::function<TrainedModel(const NetworkStart&, const ExperimentOptions&)> train;
  std::function<ExperimentResult(const TrainedModel&, const ExperimentOptions&)> evaluate;
};

Training FaceTrainingOf(const Experiment& experiment, bool evaluates) {
  struct State {
    std::unique_ptr<FaceParts> parts;
    std::vector<LabelledFace> test;
  };
  auto state = std::make_shared<State>();
  return {.train =
              [&experiment, evaluates, state](const NetworkStart& start, const ExperimentOptions& options) {
                state->parts = std::make_unique<FaceParts>(experiment, options);
                // Now, so that what is wrong with it shows before training and not after.
                if (evaluates) {
                  state->test = ReadLabelledFaces(state->parts->Part("test"), [&](double share) {
                    options.progress("reading the part test", share);
                  });
                }
                return TrainFaceModel(experiment, *state->parts, start, options);
              },
          .evaluate =
              [&experiment, state](const TrainedModel& model, const ExperimentOptions& options) {
                const ExpressionRecognizer network(
                    std::make_shared<OnnxSession>(Model{.card = model.card, .weights = model.onnx}));
                return EvaluateFaceNetwork(experiment, state->test, network, options);
              }};
}

Training VoiceTrainingOf(const Experiment& experiment) {
  return {.train =
              [&experiment](const NetworkStart& start, const ExperimentOptions& options) {
                return TrainVoiceModel(experiment, ModelStore(), start, options);
              },
          .evaluate =
              [&experiment](const TrainedModel&, const ExperimentOptions& options) {
                return RunExperiment(experiment, ModelStore(), options);
              }};
}

// What trains and evaluates the same again: options that change no figure are left out.
std::string CommandOf(const Arguments& arguments) {
  std::string command = "sezim train " + Quoted(arguments.config);
  if (arguments.data_root != Arguments().data_root) command += " --data-root " + Quoted(arguments.data_root);
  if (!arguments.corpus.empty()) command += " --corpus " + Quoted(arguments.corpus);
  if (!arguments.out.empty()) command += " --out " + Quoted(arguments.out);
  if (!arguments.init.empty()) command += " --init " + Quoted(arguments.init);
  return command;
}

int Run(const Arguments& arguments) {
  const Experiment experiment = ReadExperiment(arguments.config);
  const std::string toml = ReadTextFile(arguments.config, kMaxExperimentBytes);
  arguments.output.Check();
  const bool is_faces = experiment.protocol == Protocol::kFaceFolder;
  fs::path out = arguments.out;
  if (out.empty() && experiment.model) out = experiment.model->name;
  is_faces ? CheckCanTrainFaces(experiment, out) : CheckCanTrain(experiment, out);
  const NetworkStart start = StartOf(arguments, experiment, out);
  const Training training =
      is_faces ? FaceTrainingOf(experiment, !arguments.no_evaluation) : VoiceTrainingOf(experiment);
  FeatureCache cache;
  ExperimentOptions options = ExperimentOptionsOf(arguments.data_root, arguments.corpus, arguments.jobs, &cache);
  options.initial = start.initial;
  std::string table;
  TrainedModel model;
  {
    const ExperimentProgress progress(options);
    model = training.train(start, options);
    // A model is there from now on, whatever becomes of its evaluation.
    WriteModelFolder(model.card, model.onnx, Comment(arguments, model, ""), out);
    if (!model.interrupted && !arguments.no_evaluation) {
      const ExperimentResult result = training.evaluate(model, options);
      table = TextOf(result);
      WriteModelFolder(model.card, model.onnx, Comment(arguments, model, table), out);
      arguments.output.Write(result, CommandOf(arguments), toml);
    }
  }
  if (!table.empty()) fmt::print("{}\n", table);
  fmt::print("{}: trained on {}\n{}\nwritten to {}\n", model.card.name, model.card.trained_on, model.choice,
             DisplayName(out));
  for (const std::string& problem : model.problems) Tell("left out: {}\n", ValidUtf8(problem));
  if (!model.fresh.empty()) {
    Tell("started by chance, for want of them in '{}': {}\n", arguments.init, fmt::join(model.fresh, ", "));
  }
  if (model.interrupted) {
    Tell("stopped: the best weights so far are kept; --resume goes on from '{}'\n", DisplayName(start.checkpoint));
    return kInterrupted;
  }
  std::error_code ignored;
  if (!start.checkpoint.empty()) fs::remove(start.checkpoint, ignored);
  return model.problems.empty() ? kDone : kSomeRejected;
}

}  // namespace

void AddTrainCommand(CLI::App& app, Action& chosen) {
  CLI::App* command =
      app.add_subcommand("train", "Train a recogniser of emotion from the voice, or of expressions of faces");
  auto arguments = std::make_shared<Arguments>();
  command
      ->add_option("CONFIG", arguments->config,
                   "What to train on what: an experiment with a [model] (docs/formats/experiment.md)")
      ->required();
  command->add_option("--data-root", arguments->data_root, "The folder below which the corpora lie")
      ->capture_default_str();
  command->add_option("--corpus", arguments->corpus, "The corpus, where the file names no folder for it");
  command->add_option("--out", arguments->out, "The model's folder (default: its name)");
  command->add_option("--init", arguments->init,
                      "Networks: start from the weights of this model, a name or a folder (fine-tuning)");
  command->add_flag("--resume", arguments->resume,
                    "Networks: go on where Ctrl-C stopped the training, from OUT.checkpoint");
  command->add_option("--jobs", arguments->jobs, "Threads")->check(CLI::Range(1, 256))->capture_default_str();
  arguments->output.AddOptions(*command);
  command
      ->add_flag("--no-evaluation", arguments->no_evaluation,
                 "Only train: do not evaluate afterwards (voices: on folds of speakers, each with a model of its own; "
                 "faces: on the part test)")
      ->excludes(command->get_option("--report"))
      ->excludes(command->get_option("--json"));
  command->callback([arguments, &chosen] { chosen = [arguments] { return Run(*arguments); }; });
  command->footer(
      "sezim train models/recipes/voice-emodb.toml --data-root DATA --out my-model\n"
      "trains on everything, writes my-model/card.toml and model.onnx, then evaluates on folds of speakers and puts "
      "the\n"
      "figures on top of the card. 'sezim recognize --model my-model' and 'sezim harvest --voice-model my-model' take "
      "it.\n\n"
      "sezim train models/recipes/face-fer2013.toml --data-root DATA --out my-faces\n"
      "trains a network of facial expressions and evaluates it on the part test. 'sezim evaluate expression --data "
      "FACES\n"
      "--model my-faces' takes it, and after 'sezim models add my-faces' the recipes of 'sezim harvest' do by its "
      "name.\n\n"
      "Ctrl-C during the training of a network keeps the best weights so far (exit status 130); the same command with\n"
      "--resume goes on and ends with the same bytes as if it had not been stopped.");
}

}  // namespace sezim::cli
