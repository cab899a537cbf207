// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/train_recogniser.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "sezim/base/error.h"
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

int Whole(const std::string& name, double value) {
  if (value != std::floor(value) || std::abs(value) > 1e9) {
    throw Error(ErrorKind::kUsage, fmt::format("the option '{}' is {}", name, value), "give a whole number");
  }
  return static_cast<int>(value);
}

void Set(SequenceTraining& training, const std::string& name, double value) {
  TrainingOptions& options = training.options;
  FrameVariation& variation = training.variation;
  if (name == "epochs") {
    options.num_epochs = Whole(name, value);
  } else if (name == "batch_size") {
    options.batch_size = Whole(name, value);
  } else if (name == "learning_rate") {
    options.learning_rate = value;
  } else if (name == "weight_decay") {
    options.weight_decay = value;
  } else if (name == "momentum") {
    options.momentum = value;
  } else if (name == "warmup_epochs") {
    options.warmup_epochs = value;
  } else if (name == "label_smoothing") {
    options.label_smoothing = value;
  } else if (name == "mixup") {
    options.mixup = value;
  } else if (name == "average") {
    options.average = value;
  } else if (name == "patience") {
    options.patience = Whole(name, value);
  } else if (name == "dropout") {
    training.dropout = value;
  } else if (name == "layers") {
    training.num_layers = Whole(name, value);
  } else if (name == "max_frames") {
    variation.max_frames = Whole(name, value);
  } else if (name == "time_masks") {
    variation.num_time_masks = Whole(name, value);
  } else if (name == "max_time_mask") {
    variation.max_time_mask = Whole(name, value);
  } else if (name == "dim_masks") {
    variation.num_dim_masks = Whole(name, value);
  } else if (name == "max_dim_mask") {
    variation.max_dim_mask = Whole(name, value);
  } else if (name == "balanced") {
    options.balance = value != 0 ? ClassBalance::kWeights : ClassBalance::kNone;
  } else {
    throw Error(ErrorKind::kUsage, fmt::format("a network has no option '{}'", name), "docs/training.md lists them");
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
  return
      [](const NetworkRequest& request, std::span<const TrainingClip> train, std::span<const TrainingClip> validation) {
        SequenceTraining training = UsualTraining(request.network);
        training.options.seed = request.seed;
        training.options.num_threads = request.num_threads;
        for (const auto& [name, value] : request.options) Set(training, name, value);
        TrainedNetwork trained =
            TrainSequenceNetwork(training, Labelled(train), Labelled(validation), request.num_classes, request.stop,
                                 [&](const TrainingProgress& progress) { request.progress(progress.share); });
        if (trained.interrupted) throw Error(ErrorKind::kInterrupted, "stopped");
        return std::move(trained.onnx);
      };
}

}  // namespace sezim
