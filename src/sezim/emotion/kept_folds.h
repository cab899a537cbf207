// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "sezim/base/paths.h"
#include "sezim/emotion/experiment_data.h"
#include "sezim/learn/fold_scores.h"
#include "sezim/learn/folds.h"

namespace sezim {

// What the finished folds of an experiment gave, one file each, until the whole experiment has ended: one that was
// stopped goes on where it was (docs/formats/kept-folds.md). What is damaged is computed again; a folder that cannot be
// written to is no error. May be used by several threads, and by several programs on one folder.
class KeptFolds {
 public:
  // `folder` is made when it is first needed.
  explicit KeptFolds(std::filesystem::path folder = CacheFolder() / "folds");

  // What is kept of a fold of the row `digest` (DigestOfRow); else what `compute` gives, which is kept. What `compute`
  // throws is passed on and nothing is kept.
  FoldScores Get(const std::string& digest, const Fold& fold, const std::function<FoldScores()>& compute);

  // Removes the files of the folds that were asked for, and those that nobody came back for within 30 days.
  void Forget();

  std::int64_t num_found() const { return num_found_; }

 private:
  std::filesystem::path folder_;
  std::atomic<std::int64_t> num_found_ = 0;
  std::mutex mutex_;
  std::set<std::filesystem::path> files_;  // of the folds that were asked for
};

// A text that differs between rows of which a fold may give other scores: by this program, the system's options, the
// experiment's seed and inner folds, labels, speakers, and all numbers of the utterances and of their changed copies.
std::string DigestOfRow(const Experiment& experiment, const ExperimentSystem& system, const LabelledPart& part,
                        std::span<const FeatureMatrix> utterances, std::span<const FeatureMatrix> copies);

}  // namespace sezim
