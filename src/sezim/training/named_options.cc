// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/named_options.h"

#include <fmt/format.h>

#include <cmath>

#include "sezim/base/error.h"

namespace sezim {

int WholeOption(const std::string& name, double value) {
  if (value != std::floor(value) || std::abs(value) > 1e9) {
    throw Error(ErrorKind::kUsage, fmt::format("the option '{}' is {}", name, value), "give a whole number");
  }
  return static_cast<int>(value);
}

void RefuseOption(const std::string& network, const std::string& name) {
  throw Error(ErrorKind::kUsage, fmt::format("the network '{}' has no option '{}'", network, name),
              "docs/training.md lists them");
}

bool SetTrainingOption(TrainingOptions& options, const std::string& name, double value) {
  if (name == "epochs") {
    options.num_epochs = WholeOption(name, value);
  } else if (name == "batch_size") {
    options.batch_size = WholeOption(name, value);
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
    options.patience = WholeOption(name, value);
  } else {
    return false;
  }
  return true;
}

std::string EpochText(const TrainedNetwork& trained, const TrainingOptions& options) {
  const EpochReport& report = trained.epochs.at(static_cast<std::size_t>(trained.epoch) - 1);
  std::string text = fmt::format("the weights of epoch {} of at most {}", trained.epoch, options.num_epochs);
  if (!std::isnan(report.validation_uar)) {
    text += fmt::format(", with an unweighted average recall of {:.1f} % in validation", 100 * report.validation_uar);
  }
  if (trained.interrupted) text += fmt::format("; training was stopped after epoch {}", trained.epochs.size());
  return text;
}

}  // namespace sezim
