// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/fit_network.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "sezim/base/error.h"
#include "sezim/base/parallel.h"
#include "sezim/emotion/clip_classifier.h"
#include "sezim/learn/folds.h"
#include "sezim/learn/temperature.h"

namespace sezim {
namespace {

// Of the clips at `train`: which train, and which say when to stop. Indices into `train`.
Fold InnerFold(const Experiment& experiment, const LabelledPart& part, std::span<const std::size_t> train) {
  std::vector<std::string> speakers, classes;
  for (const std::size_t clip : train) {
    speakers.push_back(part.speakers[clip]);
    classes.push_back(part.classes[static_cast<std::size_t>(part.labels[clip])]);
  }
  const auto wanted = static_cast<std::size_t>(experiment.inner_folds);
  const std::set<std::string> people(speakers.begin(), speakers.end());
  if (people.size() >= 2 && !people.contains("")) {
    for (const Fold& fold : SpeakerFolds(speakers, std::min(wanted, people.size()), experiment.seed, classes)) {
      const bool has_several = std::any_of(fold.train.begin(), fold.train.end(),
                                           [&](std::size_t i) { return classes[i] != classes[fold.train[0]]; });
      if (has_several) return fold;
    }
  }
  // One speaker, unknown ones, or each of one emotion: every utterance is a speaker of its own.
  for (std::size_t i = 0; i < speakers.size(); ++i) speakers[i] = std::to_string(i);
  return SpeakerFolds(speakers, std::min(wanted, speakers.size()), experiment.seed, classes).front();
}

std::vector<std::size_t> Numbers(std::size_t count) {
  std::vector<std::size_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  return numbers;
}

FeatureMatrix LogitsOf(const FittedNetwork& network, const std::vector<FeatureMatrix>& clips,
                       std::span<const std::size_t> which, int num_classes, int num_jobs) {
  const ClipClassifier classifier(network.trained.onnx, network.input, clips.front().dim, num_classes, "network");
  FeatureMatrix logits{.num_frames = std::ssize(which), .dim = num_classes};
  logits.values.resize(which.size() * static_cast<std::size_t>(num_classes));
  ParallelFor(which.size(), num_jobs, [&](std::size_t k) {
    const std::vector<float> one = classifier.Logits(clips[which[k]]);
    std::copy(one.begin(), one.end(), logits.Frame(static_cast<std::int64_t>(k)).begin());
  });
  return logits;
}

}  // namespace

FittedNetwork FitNetwork(const ExperimentSystem& system, const Experiment& experiment, const LabelledPart& part,
                         const NetworkClips& data, std::span<const std::size_t> train, const NetworkStart& start,
                         const ExperimentOptions& options, const std::function<void(double)>& progress) {
  if (!options.train_network) {
    throw Error(ErrorKind::kUsage, "no network can be trained here",
                "build sezim with -DSEZIM_TRAINING=ON (docs/training.md), or use a classifier");
  }
  const auto& [clips, copies] = data;
  const Fold inner = system.holds_out ? InnerFold(experiment, part, train) : Fold{.train = Numbers(train.size())};
  std::vector<TrainingClip> training, validation;
  for (const std::size_t at : inner.train) {
    const int label = part.labels[train[at]];
    training.push_back({.frames = &clips[train[at]], .label = label});
    const auto num_copies = static_cast<std::size_t>(system.copies);
    for (std::size_t k = 0; k < num_copies; ++k) {
      training.push_back({.frames = &copies[train[at] * num_copies + k], .label = label});
    }
  }
  for (const std::size_t at : inner.test) {
    validation.push_back({.frames = &clips[train[at]], .label = part.labels[train[at]]});
  }
  const auto num_classes = static_cast<int>(part.classes.size());
  FittedNetwork fitted{.input = clips.front().num_frames == 1 ? "vectors" : "frames"};
  fitted.trained = options.train_network({.network = system.classifier,
                                          .options = system.options,
                                          .balance = system.balance,
                                          .classes = part.classes,
                                          .seed = experiment.seed,
                                          .num_threads = options.num_jobs,
                                          .start = start,
                                          .stop = options.stop,
                                          .progress = progress},
                                         training, validation);
  if (!system.holds_out) return fitted;  // nobody is left to calibrate on
  std::vector<std::size_t> held_out;
  std::vector<int> labels;
  for (const std::size_t at : inner.test) {
    held_out.push_back(train[at]);
    labels.push_back(part.labels[train[at]]);
  }
  fitted.temperature = FitTemperature(LogitsOf(fitted, clips, held_out, num_classes, options.num_jobs), labels);
  return fitted;
}

FeatureMatrix ScoresOf(const FittedNetwork& network, const std::vector<FeatureMatrix>& clips,
                       std::span<const std::size_t> which, int num_classes, int num_jobs) {
  return ScoresOf(LogitsOf(network, clips, which, num_classes, num_jobs), network.temperature);
}

}  // namespace sezim
