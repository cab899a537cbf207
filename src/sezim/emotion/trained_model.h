// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sezim/infer/model_card.h"

namespace sezim {

// What training gives: a model's card and weights, and what people should know of how they came about.
struct TrainedModel {
  ModelCard card{};
  std::string onnx{};
  std::string choice{};                 // of hyper-parameters or of an epoch, in words
  std::vector<std::string> problems{};  // files that were left out, and why
  std::vector<std::string> fresh{};     // weights that the model it was to start from did not have in that shape
  bool interrupted = false;             // stopped on request: the best weights until then
};

}  // namespace sezim
