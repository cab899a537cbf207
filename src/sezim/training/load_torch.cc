// SPDX-License-Identifier: Apache-2.0
// Train and ApplyNetwork, where sezim is built with libtorch: by the module that is linked to it.
#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/paths.h"
#include "sezim/training/torch_module.h"

namespace sezim {
namespace {

// By its path, not by its name: sanitizers open libraries in the program's stead, and do not look into its run path.
const TorchModule& Load() {
  const std::filesystem::path file = TrainingModule();
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);  // never unloaded
  const void* module = library != nullptr ? dlsym(library, "sezim_torch_module") : nullptr;
  if (module == nullptr) {
    const char* reason = dlerror();
    throw Error(
        ErrorKind::kNotFound,
        fmt::format("the training of networks cannot be loaded: {}", reason != nullptr ? reason : DisplayName(file)),
        "run scripts/setup.sh --training and build again, or install sezim again");
  }
  return *static_cast<const TorchModule*>(module);
}

const TorchModule& Loaded() {
  static const TorchModule& module = Load();
  return module;
}

}  // namespace

bool CanTrain() {
  return true;
}

TrainedNetwork Train(const NetworkKind& kind, const NetworkShape& shape, const TrainingOptions& options,
                     const TrainingData& train, const TrainingData* validation, const Weights& initial,
                     const std::string& fingerprint, std::stop_token stop,
                     const std::function<void(const TrainingProgress&)>& on_progress) {
  return Loaded().train(kind, shape, options, train, validation, initial, fingerprint, std::move(stop), on_progress);
}

std::vector<Tensor> ApplyNetwork(const NetworkKind& kind, const NetworkShape& shape, const Weights& weights,
                                 const TrainingBatch& batch) {
  return Loaded().apply_network(kind, shape, weights, batch);
}

}  // namespace sezim
