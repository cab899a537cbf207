// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/experiment_comparison.h"

#include <algorithm>

#include "sezim/learn/pooled_answers.h"

namespace sezim {
namespace {

PooledAnswers AnswersOf(const ExperimentRow& row) {
  return PoolOf(row.folds, row.labels, static_cast<int>(row.classes.size()));
}

}  // namespace

std::vector<std::size_t> BestRows(const std::vector<ExperimentRow>& rows) {
  std::vector<std::size_t> best;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto found = std::find_if(best.begin(), best.end(),
                                    [&](std::size_t other) { return rows[other].dataset == rows[i].dataset; });
    if (found == best.end()) {
      best.push_back(i);
    } else if (rows[i].figures.uar.mean > rows[*found].figures.uar.mean) {
      *found = i;
    }
  }
  std::sort(best.begin(), best.end());
  return best;
}

std::vector<RowComparison> CompareWithBest(const std::vector<ExperimentRow>& rows) {
  std::vector<RowComparison> comparisons;
  for (const std::size_t best : BestRows(rows)) {
    const FoldFigures& best_uar = rows[best].figures.uar;
    const std::vector<bool> best_is_right = FirstIsRight(AnswersOf(rows[best]));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i == best || rows[i].dataset != rows[best].dataset) continue;
      const FoldFigures& uar = rows[i].figures.uar;
      RowComparison one{.row = i,
                        .best = best,
                        .uar_difference = uar.mean - best_uar.mean,
                        .mcnemar = McNemarTest(FirstIsRight(AnswersOf(rows[i])), best_is_right),
                        .num_utterances = best_is_right.size()};
      if (uar.folds.size() >= 2) one.t_test = PairedTTest(uar.folds, best_uar.folds);
      comparisons.push_back(one);
    }
  }
  std::sort(comparisons.begin(), comparisons.end(),
            [](const RowComparison& a, const RowComparison& b) { return a.row < b.row; });
  return comparisons;
}

}  // namespace sezim
