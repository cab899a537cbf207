// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/train_face_model.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/base/sha256.h"
#include "sezim/infer/model_folder.h"
#include "sezim/training/initial_weights.h"
#include "sezim/training/named_options.h"
#include "sezim/vision/expression.h"

namespace sezim {
namespace {

void Set(FaceSystem& system, const std::string& name, double value) {
  FaceTraining& training = system.training;
  FaceVariation& variation = training.variation;
  if (SetTrainingOption(training.options, name, value)) return;
  const std::pair<const char*, double*> numbers[] = {{"dropout", &training.dropout},
                                                     {"max_turn_deg", &variation.max_turn_deg},
                                                     {"max_shift", &variation.max_shift},
                                                     {"max_scale", &variation.max_scale},
                                                     {"max_contrast", &variation.max_contrast},
                                                     {"max_brightness", &variation.max_brightness},
                                                     {"max_cutout", &variation.max_cutout}};
  for (const auto& [known, number] : numbers) {
    if (name != known) continue;
    *number = value;
    return;
  }
  if (name == "width") {
    training.width = WholeOption(name, value);
  } else if (name == "side") {
    system.side = WholeOption(name, value);
  } else if (name == "mirror") {
    variation.mirror = WholeOption(name, value) != 0;
  } else if (name == "bfloat16") {
    training.options.precision = WholeOption(name, value) != 0 ? Precision::kBfloat16 : Precision::kFloat;
  } else {
    RefuseOption(training.network, name);
  }
}

ModelCard CardOf(const Experiment& experiment, const std::string& onnx, std::size_t num_faces,
                 std::size_t num_validation) {
  ModelCard card;
  card.name = experiment.model->name;
  card.task = "expression";
  card.description = experiment.model->description;
  card.licence = experiment.model->licence;
  card.trained_on = fmt::format("{} faces of {}, its part train", num_faces, experiment.corpora.front().reader);
  if (num_validation > 0)
    card.trained_on += fmt::format("; the epoch chosen on {} of its part validation", num_validation);
  for (const Emotion emotion : kEmotions) card.labels.emplace_back(NameOf(emotion));
  card.sha256 = Sha256OfText(onnx);
  card.size_bytes = static_cast<std::int64_t>(onnx.size());
  card.inputs = {
      {.name = "image",
       .dtype = "float32",
       .shape = {-1, 1, kFaceSide, kFaceSide},
       .meaning = "grey face crops, rows top to bottom, black -1, white 1: value / 127.5 - 1 of 8-bit luma"}};
  card.outputs = {{.name = "probabilities",
                   .dtype = "float32",
                   .shape = {-1, kNumEmotions},
                   .meaning = "probability of each label, in the order of labels; a row sums to 1"}};
  card.input_black = -1;
  card.input_white = 1;
  return card;
}

}  // namespace

FaceSystem FaceSystemOf(const Experiment& experiment, int num_threads) {
  const ExperimentSystem& wanted = experiment.systems.front();
  FaceSystem system;
  system.training.network = wanted.classifier;
  system.training.options.seed = experiment.seed;
  system.training.options.balance = wanted.balance.value_or(system.training.options.balance);
  system.training.options.num_threads = num_threads;
  for (const auto& [name, value] : wanted.options) Set(system, name, value);
  OptionChecks checks("the network");
  checks.Require(
      NetworkKindOf(wanted.classifier).input == NetworkInput::kPicture,
      fmt::format("'{}' takes clips, not faces; those for faces are residual and mini-xception", wanted.classifier));
  checks.Require(system.side >= 48 && system.side <= 256, fmt::format("side must be 48 to 256, not {}", system.side));
  checks.ThrowIfAny();
  system.training.options.Check();
  system.training.variation.Check();
  return system;
}

void CheckCanTrainFaces(const Experiment& experiment, const std::filesystem::path& folder) {
  if (!experiment.model || experiment.systems.size() != 1 || experiment.systems.front().classifier.empty()) {
    throw Error(ErrorKind::kUsage, fmt::format("'{}' does not say what model is to be trained", experiment.name),
                "it needs a [model] with name, description and licence, and one [[system]] with a classifier; "
                "models/recipes/face-fer2013.toml is one");
  }
  if (!CanTrain()) {
    throw Error(ErrorKind::kUsage, "this sezim was built without the training of networks",
                "run scripts/setup.sh --training, configure with -DSEZIM_TRAINING=ON and build again");
  }
  RequireNoOtherModel(folder, experiment.model->name);
  FaceSystemOf(experiment, 1);
}

TrainedModel TrainFaceModel(const Experiment& experiment, FaceParts& parts, const NetworkStart& start,
                            const ExperimentOptions& options) {
  auto [training, side] = FaceSystemOf(experiment, options.num_jobs);
  training.options.checkpoint = start.checkpoint;
  training.options.resume = start.resume;
  TrainedModel model;
  FacePictures faces[2];
  std::size_t number = 0;
  for (const char* part : {"train", "validation"}) {
    options.progress(fmt::format("reading the part {}", part), 0);
    FaceFolder read = ReadFaceFolder(parts.Part(part), side, [&](double share) {
      if (options.stop.stop_requested()) throw Error(ErrorKind::kInterrupted, "stopped");
      options.progress(fmt::format("reading the part {}", part), share);
    });
    for (const FaceProblem& problem : read.problems) model.problems.push_back(problem.what);
    faces[number++] = std::move(read.faces);
  }
  parts.RemoveUnpacked();
  const auto& [train, validation] = faces;
  std::vector<std::string> labels;
  for (const Emotion emotion : kEmotions) labels.emplace_back(NameOf(emotion));
  training.initial = InitialWeights(start, labels);
  const TrainedNetwork trained =
      TrainFaceNetwork(training, train, validation, options.stop, [&](const TrainingProgress& progress) {
        std::string text = fmt::format("training {}: epoch {} of {}, loss {:.3f}, {:.0f} min left", training.network,
                                       progress.epoch, progress.num_epochs, progress.loss, progress.seconds_left / 60);
        if (!std::isnan(progress.best_validation_uar)) {
          text += fmt::format(", best recall {:.1f} %", 100 * progress.best_validation_uar);
        }
        options.progress(text, progress.share);
      });
  model.onnx = ExpressionModel(training, trained, side);
  model.choice = EpochText(trained, training.options);
  if (start.initial) model.fresh = trained.fresh;
  model.interrupted = trained.interrupted;
  model.card = CardOf(experiment, model.onnx, train.size(), validation.size());
  return model;
}

}  // namespace sezim
