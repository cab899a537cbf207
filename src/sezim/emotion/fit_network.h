// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "sezim/emotion/experiment_data.h"

namespace sezim {

struct FittedNetwork {
  NetworkResult trained{};
  std::string input{};  // "vectors" or "frames"
  double temperature = 1;
};

// What a network is trained on: the clips of a part, and the changed copies that train besides them
// (ExperimentData::FramesOf and CopiesOf).
struct NetworkClips {
  std::vector<FeatureMatrix> clips{};
  std::vector<FeatureMatrix> copies{};
};

// Trains the network that `system` names on the clips of `part` at `train`; `data` goes with the part. One of the
// inner folds of speakers says when to stop, and calibrates; without `system.holds_out` all train, for all epochs, and
// the temperature stays 1. Stopped on request it is interrupted, with the best
// weights until then. Throws Error (kUsage if no network can be trained here; kInterrupted if it was stopped too early
// for any).
FittedNetwork FitNetwork(const ExperimentSystem& system, const Experiment& experiment, const LabelledPart& part,
                         const NetworkClips& data, std::span<const std::size_t> train, const NetworkStart& start,
                         const ExperimentOptions& options, const std::function<void(double)>& progress);

// The scores of the clips at `which` under a trained network.
FeatureMatrix ScoresOf(const FittedNetwork& network, const std::vector<FeatureMatrix>& clips,
                       std::span<const std::size_t> which, int num_classes, int num_jobs);

}  // namespace sezim
