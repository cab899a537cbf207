// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sezim/emotion/run_experiment.h"
#include "sezim/learn/significance.h"

namespace sezim {

// How a row of an experiment's table differs from the best row of the same dataset.
struct RowComparison {
  std::size_t row = 0;
  std::size_t best = 0;                       // the row it is compared with
  double uar_difference = 0;                  // of the means over folds: row - best, so never above 0
  std::optional<PairedTTestResult> t_test{};  // of the unweighted average recall in each fold; none of one fold
  McNemarResult mcnemar{};                    // a: the row, b: the best; each utterance once, when first tested
  std::size_t num_utterances = 0;             // that McNemar's test looks at
};

// The row with the largest mean unweighted average recall of each dataset, the first of equals, in the rows' order.
std::vector<std::size_t> BestRows(const std::vector<ExperimentRow>& rows);

// Every row but the best of its dataset, in the rows' order. Rows of one dataset have the same folds.
std::vector<RowComparison> CompareWithBest(const std::vector<ExperimentRow>& rows);

}  // namespace sezim
