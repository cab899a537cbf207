// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/train_voice_model.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "sezim/base/counted.h"
#include "sezim/base/error.h"
#include "sezim/base/sha256.h"
#include "sezim/emotion/clip_classifier.h"
#include "sezim/emotion/fit_classifier.h"
#include "sezim/emotion/fit_network.h"
#include "sezim/emotion/voice_model.h"
#include "sezim/infer/model_folder.h"

namespace sezim {
namespace {

// Without the classes that no utterance has.
LabelledPart WithoutEmptyClasses(LabelledPart part) {
  std::vector<int> number(part.classes.size(), -1);
  std::vector<std::string> classes;
  for (std::size_t k = 0; k < part.classes.size(); ++k) {
    if (std::find(part.labels.begin(), part.labels.end(), static_cast<int>(k)) == part.labels.end()) continue;
    number[k] = static_cast<int>(classes.size());
    classes.push_back(part.classes[k]);
  }
  for (int& label : part.labels) label = number[static_cast<std::size_t>(label)];
  part.classes = std::move(classes);
  return part;
}

void RequireModelOf(const Experiment& experiment) {
  const bool fits = experiment.model && experiment.systems.size() == 1 && experiment.datasets.size() == 1 &&
                    experiment.systems.front().mean_of.empty();
  if (!fits) {
    throw Error(ErrorKind::kUsage, fmt::format("'{}' does not say what model is to be trained", experiment.name),
                "it needs a [model] with name, description and licence, one [[system]] and at most one [[dataset]]; "
                "docs/formats/experiment.md shows one");
  }
  if (experiment.systems.front().speaker_normalisation) {
    throw Error(ErrorKind::kUsage, "a model cannot be trained with speaker_normalisation",
                "leave it out: who speaks is not known where a model is used");
  }
}

}  // namespace

void CheckCanTrain(const Experiment& experiment, const std::filesystem::path& folder) {
  RequireModelOf(experiment);
  RequireNoOtherModel(folder, experiment.model->name);
}

TrainedModel TrainVoiceModel(const Experiment& experiment, const ModelStore& store, const NetworkStart& start,
                             const ExperimentOptions& options) {
  RequireModelOf(experiment);
  const ExperimentSystem& system = experiment.systems.front();
  ExperimentData data(experiment, store, options);
  data.Extract(system);
  const LabelledPart part = WithoutEmptyClasses(data.PartOf(experiment.datasets.front()));
  if (part.classes.size() < 2) {
    throw Error(ErrorKind::kBadInput,
                part.classes.empty() ? fmt::format("'{}' finds no utterance to train on", experiment.name)
                                     : fmt::format("every utterance of '{}' is {}", experiment.name, part.classes[0]),
                "give corpora with utterances of two emotions at least, and a label map that keeps them");
  }
  const auto num_classes = static_cast<int>(part.classes.size());
  const FeatureSet features = FeatureSet::Open(system.features, store);

  if (start.initial && start.initial->card.features_digest != features.digest()) {
    throw Error(ErrorKind::kUsage,
                fmt::format("the model {} was trained on other features ('{}')", start.initial->card.name,
                            start.initial->card.features),
                fmt::format("start from a model of '{}', or train on those features", system.features));
  }

  TrainedModel trained{.problems = data.problems()};
  std::string input;
  if (IsClassifierMethod(system.classifier)) {
    options.progress("training " + system.classifier, 0);
    const auto method = MethodOf(system, experiment);
    const FittedClassifier fitted =
        FitWithSearch(*method, data.VectorsOf(system, part), SearchOptionsOf(system, experiment, options.stop));
    trained.onnx = fitted.Onnx();
    trained.choice = fitted.choice;
    trained.card.temperature = fitted.temperature;
    input = "features";
  } else {
    const NetworkClips clips{.clips = data.FramesOf(system, part), .copies = data.CopiesOf(system, part)};
    std::vector<std::size_t> all(clips.clips.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    FittedNetwork fitted = FitNetwork(system, experiment, part, clips, all, start, options,
                                      [&](double share) { options.progress("training " + system.classifier, share); });
    trained.onnx = std::move(fitted.trained.onnx);
    trained.choice = fitted.trained.choice;
    trained.fresh = fitted.trained.fresh;
    trained.interrupted = fitted.trained.interrupted;
    trained.card.temperature = fitted.temperature;
    input = fitted.input;
  }
  const std::int64_t dim = features.dim();
  TensorCard in{.name = input, .dtype = "float32", .shape = {-1, dim}, .meaning = "the feature set, one row a clip"};
  if (input == "frames") {
    in.shape = {-1, -1, dim};
    in.meaning = "the feature set, one row a frame";
  }
  std::vector<std::string> corpora;
  for (const ExperimentCorpus& corpus : experiment.corpora) corpora.push_back(corpus.reader);
  ModelCard& card = trained.card;
  card.name = experiment.model->name;
  card.task = kVoiceEmotionTask;
  card.description = experiment.model->description;
  card.licence = experiment.model->licence;
  card.trained_on =
      fmt::format("{} of {} of {}", Counted(std::ssize(part.labels), "utterance"),
                  Counted(std::ssize(std::set<std::string>(part.speakers.begin(), part.speakers.end())), "speaker"),
                  fmt::join(corpora, ", "));
  if (!IsClassifierMethod(system.classifier) && system.holds_out)
    card.trained_on += "; a part of the speakers said when to stop, and trained nothing";
  card.labels = part.classes;
  card.sha256 = Sha256OfText(trained.onnx);
  card.size_bytes = static_cast<std::int64_t>(trained.onnx.size());
  card.inputs = {in};
  card.outputs = {{.name = "logits",
                   .dtype = "float32",
                   .shape = {-1, num_classes},
                   .meaning = "divided by the temperature, their softmax are the scores of the labels"}};
  card.features = system.features;
  if (!FeatureSet::IsName(system.features)) {
    // The model goes where that file is not.
    card.features = std::filesystem::path(system.features).stem().native();
    card.feature_set = features.definition();
  }
  card.features_digest = features.digest();
  card.abstain_below = experiment.model->abstain_below;
  return trained;
}

}  // namespace sezim
