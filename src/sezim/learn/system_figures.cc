// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/system_figures.h"

#include "sezim/learn/temperature.h"

namespace sezim {

SystemFigures FiguresOf(std::span<const FoldScores> folds, std::span<const int> labels, int num_classes,
                        std::span<const std::string> speakers) {
  std::vector<double> accuracy, uar, macro_f1;
  SystemFigures figures{.confusion = ConfusionMatrix(static_cast<std::size_t>(num_classes))};
  for (const FoldScores& fold : folds) {
    ConfusionMatrix matrix(static_cast<std::size_t>(num_classes));
    const std::vector<int> predicted = LargestOf(fold.scores);
    for (std::size_t i = 0; i < fold.test.size(); ++i) {
      const auto truth = static_cast<std::size_t>(labels[fold.test[i]]);
      matrix.Add(truth, static_cast<std::size_t>(predicted[i]));
      figures.confusion.Add(truth, static_cast<std::size_t>(predicted[i]));
    }
    accuracy.push_back(matrix.Accuracy());
    uar.push_back(matrix.UnweightedAverageRecall());
    macro_f1.push_back(matrix.MacroF1());
  }
  figures.accuracy = SummaryOf(std::move(accuracy));
  figures.uar = SummaryOf(std::move(uar));
  figures.macro_f1 = SummaryOf(std::move(macro_f1));
  figures.pooled = PooledFiguresOf(PoolOf(folds, labels, num_classes), speakers);
  return figures;
}

}  // namespace sezim
