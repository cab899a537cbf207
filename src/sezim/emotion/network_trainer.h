// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <stop_token>
#include <string>

#include "sezim/features/feature_matrix.h"

namespace sezim {

// A clip to train on: its frames, or one vector (one frame), borrowed; and its class.
struct TrainingClip {
  const FeatureMatrix* frames = nullptr;
  int label = 0;
};

// A network to be trained, by somebody above this layer: training/train_recogniser.h does it with libtorch.
struct NetworkRequest {
  std::string network{};                    // "bilstm", "attention", …
  std::map<std::string, double> options{};  // by name, instead of the network's usual ones
  int num_classes = 0;
  std::uint64_t seed = 1;
  int num_threads = 1;
  std::stop_token stop{};
  std::function<void(double)> progress = [](double) {};  // the share done
};

// Trains and gives the ONNX model: input "vectors" [N, D] or "frames" [N, T, D], output "logits" [N, num_classes].
// `validation` (may be empty) tells when to stop. Throws Error. Not to be called by two threads at once.
using NetworkTrainer = std::function<std::string(const NetworkRequest& request, std::span<const TrainingClip> train,
                                                 std::span<const TrainingClip> validation)>;

}  // namespace sezim
