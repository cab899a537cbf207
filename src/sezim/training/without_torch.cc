// SPDX-License-Identifier: Apache-2.0
// Stands in for torch_train.cc where sezim is built without libtorch.
#include "sezim/base/error.h"
#include "sezim/training/train_network.h"

namespace sezim {
namespace {

[[noreturn]] void Refuse() {
  throw Error(ErrorKind::kUsage, "this sezim was built without the training of networks",
              "run scripts/setup.sh --training, configure with -DSEZIM_TRAINING=ON and build again");
}

}  // namespace

bool CanTrain() {
  return false;
}

TrainedNetwork Train(const NetworkKind&, const NetworkShape&, const TrainingOptions&, const TrainingData&,
                     const TrainingData*, const Weights&, const std::string&, std::stop_token,
                     const std::function<void(const TrainingProgress&)>&) {
  Refuse();
}

std::vector<Tensor> ApplyNetwork(const NetworkKind&, const NetworkShape&, const Weights&, const TrainingBatch&) {
  Refuse();
}

}  // namespace sezim
