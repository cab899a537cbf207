// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "sezim/learn/fold_scores.h"
#include "sezim/learn/metrics.h"
#include "sezim/learn/pooled_answers.h"

namespace sezim {

// A figure of each fold, their mean and their standard deviation (of a sample: n - 1; 0 for one fold).
struct FoldFigure {
  double mean = 0;
  double std = 0;
  std::vector<double> folds{};
};
FoldFigure FigureOf(std::vector<double> folds);

// How well a system does.
struct SystemFigures {
  FoldFigure accuracy{};
  FoldFigure uar{};              // unweighted average recall, over the classes that occur in the fold's test part
  FoldFigure macro_f1{};         // over the same
  ConfusionMatrix confusion{0};  // of all folds together
  PooledFigures pooled{};        // of all folds together

  std::size_t num_tested() const { return static_cast<std::size_t>(confusion.total()); }
};

// `labels`, `speakers`: of all utterances; `speakers` may be empty, as may be the name of one who is not known.
// Requires that every tested utterance has a label below `num_classes`.
SystemFigures FiguresOf(std::span<const FoldScores> folds, std::span<const int> labels, int num_classes,
                        std::span<const std::string> speakers = {});

}  // namespace sezim
