// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "sezim/cli/progress_bar.h"
#include "sezim/emotion/experiment_data.h"

namespace sezim::cli {

// How far an experiment has come, at the bottom of the terminal while the object lives; where there is no terminal, a
// line for each thing that it begins.
class ExperimentProgress {
 public:
  // Lets `options.progress` tell this object: nothing may report with these options once it is gone.
  explicit ExperimentProgress(ExperimentOptions& options);

 private:
  std::mutex mutex_;
  std::string doing_;
  double share_ = 0;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  ProgressBar bar_;  // last: it asks for the others from a thread of its own
};

// What both `evaluate` and `train` run with: networks are trained where sezim was built for it.
ExperimentOptions ExperimentOptionsOf(const std::string& data_root, const std::string& corpus, int num_jobs,
                                      FeatureCache* cache);

}  // namespace sezim::cli
