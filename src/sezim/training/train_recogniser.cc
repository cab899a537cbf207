// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/train_recogniser.h"

#include <vector>

#include "sezim/training/initial_weights.h"
#include "sezim/training/named_options.h"
#include "sezim/training/train_sequences.h"

namespace sezim {
namespace {

SequenceTraining UsualTraining(const std::string& network) {
  SequenceTraining training{.network = network};
  if (network == "dnn") {
    training.options = PublishedDnnOptions();
    return training;
  }
  training.options = {.num_epochs = 40, .batch_size = 32, .balance = ClassBalance::kWeights, .patience = 10};
  return training;
}

void Set(SequenceTraining& training, const std::string& name, double value) {
  FrameVariation& variation = training.variation;
  if (SetTrainingOption(training.options, name, value)) return;
  if (name == "dropout") {
    training.dropout = value;
  } else if (name == "layers") {
    training.num_layers = WholeOption(name, value);
  } else if (name == "max_frames") {
    variation.max_frames = WholeOption(name, value);
  } else if (name == "time_masks") {
    variation.num_time_masks = WholeOption(name, value);
  } else if (name == "max_time_mask") {
    variation.max_time_mask = WholeOption(name, value);
  } else if (name == "dim_masks") {
    variation.num_dim_masks = WholeOption(name, value);
  } else if (name == "max_dim_mask") {
    variation.max_dim_mask = WholeOption(name, value);
  } else {
    RefuseOption(training.network, name);
  }
}

std::vector<LabelledFrames> Labelled(std::span<const TrainingClip> clips) {
  std::vector<LabelledFrames> labelled;
  labelled.reserve(clips.size());
  for (const TrainingClip& clip : clips) labelled.push_back({.frames = clip.frames, .label = clip.label});
  return labelled;
}

}  // namespace

NetworkTrainer MakeNetworkTrainer() {
  return [](const NetworkRequest& request, std::span<const TrainingClip> train,
            std::span<const TrainingClip> validation) {
    SequenceTraining training = UsualTraining(request.network);
    training.options.balance = request.balance.value_or(training.options.balance);
    training.options.seed = request.seed;
    training.options.num_threads = request.num_threads;
    training.options.checkpoint = request.start.checkpoint;
    training.options.resume = request.start.resume;
    training.initial = InitialWeights(request.start, request.classes);
    for (const auto& [name, value] : request.options) Set(training, name, value);
    TrainedNetwork trained =
        TrainSequenceNetwork(training, Labelled(train), Labelled(validation), static_cast<int>(request.classes.size()),
                             request.stop, [&](const TrainingProgress& progress) { request.progress(progress.share); });
    return NetworkResult{.onnx = std::move(trained.onnx),
                         .choice = EpochText(trained, training.options),
                         .fresh = std::move(trained.fresh),
                         .interrupted = trained.interrupted};
  };
}

}  // namespace sezim
