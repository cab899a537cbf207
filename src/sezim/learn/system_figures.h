// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "sezim/learn/fold_scores.h"
#include "sezim/learn/metrics.h"
#include "sezim/learn/pooled_answers.h"
#include "sezim/learn/significance.h"

namespace sezim {

// How well a system does.
struct SystemFigures {
  FoldFigures accuracy{};
  FoldFigures uar{};             // unweighted average recall, over the classes that occur in the fold's test part
  FoldFigures macro_f1{};        // over the same
  ConfusionMatrix confusion{0};  // of all folds together
  PooledFigures pooled{};        // of all folds together

  std::size_t num_tested() const { return static_cast<std::size_t>(confusion.total()); }
};

// `labels`, `speakers`: of all utterances; `speakers` may be empty, as may be the name of one who is not known.
// Requires that every tested utterance has a label below `num_classes`.
SystemFigures FiguresOf(std::span<const FoldScores> folds, std::span<const int> labels, int num_classes,
                        std::span<const std::string> speakers = {});

}  // namespace sezim
