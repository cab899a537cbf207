// SPDX-License-Identifier: Apache-2.0
#include "sezim/cli/experiment_progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include "sezim/cli/interrupt.h"
#include "sezim/cli/tell.h"
#include "sezim/training/train_network.h"
#include "sezim/training/train_recogniser.h"

namespace sezim::cli {

ExperimentProgress::ExperimentProgress(ExperimentOptions& options)
    : bar_([this] {
        const std::lock_guard lock(mutex_);
        return fmt::format("{} {}", Bar(share_, 30), doing_);
      }) {
  options.progress = [this](const std::string& what, double done) {
    const std::lock_guard lock(mutex_);
    if (doing_ != what && ::isatty(STDERR_FILENO) == 0) {
      const std::chrono::duration<double> since = std::chrono::steady_clock::now() - began_;
      Tell("{:.0f} s, {:.0f} %: {}\n", since.count(), 100 * done, what);
    }
    doing_ = what;
    share_ = done;
  };
}

ExperimentOptions ExperimentOptionsOf(const std::string& data_root, const std::string& corpus, int num_jobs,
                                      FeatureCache* cache) {
  return {.data_root = data_root,
          .corpus = corpus,
          .num_jobs = num_jobs,
          .train_network = CanTrain() ? MakeNetworkTrainer() : NetworkTrainer(),
          .cache = cache,
          .stop = StopOnInterrupt()};
}

}  // namespace sezim::cli
