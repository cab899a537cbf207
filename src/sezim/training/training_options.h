// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "sezim/infer/weights.h"
#include "sezim/learn/class_balance.h"
#include "sezim/training/networks.h"

namespace sezim {

enum class Optimizer {
  kSgd,    // with momentum
  kAdamW,  // Loshchilov, Hutter 2019, with beta 0.9 and 0.999
};

enum class LearningRate {
  kConstant,
  kCosine,  // down to 0 at the end of the last epoch
};

// What convolutions multiply in while a network is trained. Everything else, and what is kept, is 32-bit.
enum class Precision {
  kFloat,
  kBfloat16,  // about twice as fast on processors with AMX, slower on those without AVX-512
};

// Throws Error (kUsage) with the known names.
Optimizer OptimizerFromName(std::string_view name);        // "sgd", "adamw"
LearningRate LearningRateFromName(std::string_view name);  // "constant", "cosine"

struct TrainingOptions {
  int num_epochs = 50;  // 1 to 10,000
  int batch_size = 32;  // clips, 1 to 65,536; from 2 on where the network normalises batches
  Optimizer optimizer = Optimizer::kAdamW;
  LearningRate schedule = LearningRate::kCosine;
  double learning_rate = 1e-3;   // the highest, above 0
  double warmup_epochs = 1;      // over which the learning rate rises from 0 to it
  double momentum = 0.9;         // of "sgd", in [0, 1)
  double weight_decay = 0.01;    // of "adamw" (decoupled) and "sgd" (added to the gradient); not of biases
  double max_gradient_norm = 5;  // longer gradients are shortened to it; 0: never
  double label_smoothing = 0;    // share of the truth that is spread over all classes, in [0, 1)
  double mixup = 0;              // alpha of mixup's beta distribution, for networks with a MixPoint; 0: none
  double average = 0;  // decay of the moving average of weights that is used instead of them, in [0, 1); 0: none
  ClassBalance balance = ClassBalance::kNone;
  Precision precision = Precision::kFloat;
  int patience = 0;                    // epochs without a better validation result after which training ends; 0: never
  bool keep_last = false;              // keep the last epoch's weights rather than the best's
  std::uint64_t seed = 1;              // the same seed on the same machine with as many threads gives the same bytes
  int num_threads = 1;                 // 1 to 256
  std::filesystem::path checkpoint{};  // written after each epoch; empty: none
  bool resume = false;                 // go on from the checkpoint, if there is one

  void Check() const;  // throws Error (kUsage)
};

// The options of the harvest publication for its network "dnn": plain stochastic gradient descent with a learning rate
// of 0.11 and a momentum of 0.1, 256 clips a batch, 100 epochs, the last epoch's weights.
TrainingOptions PublishedDnnOptions();

// One epoch's outcome. Without a validation part its two figures are not numbers.
struct EpochReport {
  int epoch = 0;  // from 1
  double loss = 0;
  double validation_loss = std::numeric_limits<double>::quiet_NaN();
  double validation_uar = std::numeric_limits<double>::quiet_NaN();  // unweighted average recall
};

// Where training stands, after each batch and after each epoch.
struct TrainingProgress {
  double share = 0;         // of the whole, in [0, 1]
  double seconds_left = 0;  // if it goes on as fast, and to the last epoch
  double loss = 0;          // mean over the epoch so far
  int epoch = 1;
  int num_epochs = 1;
  double best_validation_uar = std::numeric_limits<double>::quiet_NaN();
  const EpochReport* finished = nullptr;  // set once at the end of each epoch
};

struct TrainedNetwork {
  Weights weights{};
  std::string onnx{};  // bytes of the model file (onnx_layers.h says what it takes and gives)
  std::vector<EpochReport> epochs{};
  int epoch = 0;                     // the one whose weights these are
  bool interrupted = false;          // stopped on request before its end
  std::int64_t num_learnt = 0;       // how many numbers were learnt
  std::vector<std::string> fresh{};  // weights that the given initial ones did not have in that shape
};

}  // namespace sezim
