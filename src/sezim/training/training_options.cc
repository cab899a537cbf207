// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/training_options.h"

#include <fmt/format.h>

#include <array>
#include <span>
#include <utility>

#include "sezim/base/error.h"

namespace sezim {
namespace {

template <typename T>
T FromName(std::string_view what, std::string_view name, std::span<const std::pair<std::string_view, T>> known) {
  std::string names;
  for (const auto& [each, value] : known) {
    if (each == name) return value;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", each);
  }
  throw Error(ErrorKind::kUsage, fmt::format("there is no {} '{}'", what, name), fmt::format("name one of {}", names));
}

}  // namespace

Optimizer OptimizerFromName(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, Optimizer>, 2> kKnown{
      {{"sgd", Optimizer::kSgd}, {"adamw", Optimizer::kAdamW}}};
  return FromName<Optimizer>("optimizer", name, kKnown);
}

LearningRate LearningRateFromName(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, LearningRate>, 2> kKnown{
      {{"constant", LearningRate::kConstant}, {"cosine", LearningRate::kCosine}}};
  return FromName<LearningRate>("schedule of learning rates", name, kKnown);
}

void TrainingOptions::Check() const {
  OptionChecks checks("training");
  const auto require = [&](bool condition, std::string_view what, auto given) {
    checks.Require(condition, fmt::format("{}, not {}", what, given));
  };
  require(num_epochs >= 1 && num_epochs <= 10'000, "num_epochs must be 1 to 10000", num_epochs);
  require(batch_size >= 1 && batch_size <= 65'536, "batch_size must be 1 to 65536", batch_size);
  require(learning_rate > 0 && learning_rate <= 100, "learning_rate must be above 0 and at most 100", learning_rate);
  require(warmup_epochs >= 0 && warmup_epochs <= num_epochs, "warmup_epochs must be 0 to num_epochs", warmup_epochs);
  require(momentum >= 0 && momentum < 1, "momentum must be at least 0 and below 1", momentum);
  require(weight_decay >= 0 && weight_decay <= 1, "weight_decay must be 0 to 1", weight_decay);
  require(max_gradient_norm >= 0, "max_gradient_norm must be at least 0", max_gradient_norm);
  require(label_smoothing >= 0 && label_smoothing < 1, "label_smoothing must be at least 0 and below 1",
          label_smoothing);
  require(mixup >= 0 && mixup <= 10, "mixup must be 0 to 10", mixup);
  require(average >= 0 && average < 1, "average must be at least 0 and below 1", average);
  require(patience >= 0, "patience must be at least 0", patience);
  require(num_threads >= 1 && num_threads <= 256, "num_threads must be 1 to 256", num_threads);
  checks.Require(!resume || !checkpoint.empty(), "resume needs a checkpoint");
  checks.ThrowIfAny();
}

TrainingOptions PublishedDnnOptions() {
  TrainingOptions options;
  options.num_epochs = 100;
  options.batch_size = 256;
  options.optimizer = Optimizer::kSgd;
  options.schedule = LearningRate::kConstant;
  options.learning_rate = 0.11;
  options.warmup_epochs = 0;
  options.momentum = 0.1;
  options.weight_decay = 0;
  options.max_gradient_norm = 0;
  options.keep_last = true;
  return options;
}

}  // namespace sezim
