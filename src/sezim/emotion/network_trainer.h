// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "sezim/features/feature_matrix.h"
#include "sezim/infer/model_store.h"
#include "sezim/learn/class_balance.h"

namespace sezim {

// A clip to train on: its frames, or one vector (one frame), borrowed; and its class.
struct TrainingClip {
  const FeatureMatrix* frames = nullptr;
  int label = 0;
};

// Where the training of a network starts.
struct NetworkStart {
  std::filesystem::path checkpoint{};      // written after each epoch; empty: none
  bool resume = false;                     // go on from the checkpoint, if there is one
  std::shared_ptr<const Model> initial{};  // whose weights to start with; null: by chance
};

// A network to be trained, by somebody above this layer: training/train_recogniser.h does it with libtorch.
struct NetworkRequest {
  std::string network{};                    // "bilstm", "attention", …
  std::map<std::string, double> options{};  // by name, instead of the network's usual ones
  std::optional<ClassBalance> balance{};    // nothing: the network's usual one
  std::vector<std::string> classes{};
  std::uint64_t seed = 1;
  int num_threads = 1;
  NetworkStart start{};
  std::stop_token stop{};
  std::function<void(double)> progress = [](double) {};  // the share done
};

struct NetworkResult {
  std::string onnx{};                // input "vectors" [N, D] or "frames" [N, T, D], output "logits" [N, classes]
  std::string choice{};              // of the epoch, in words
  std::vector<std::string> fresh{};  // weights that `start.initial` did not have in that shape
  bool interrupted = false;          // stopped on request: the best weights until then
};

// Trains and gives the ONNX model. `validation` (may be empty) tells when to stop. Throws Error. Not to be called by
// two threads at once.
using NetworkTrainer = std::function<NetworkResult(const NetworkRequest& request, std::span<const TrainingClip> train,
                                                   std::span<const TrainingClip> validation)>;

}  // namespace sezim
