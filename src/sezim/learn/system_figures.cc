// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/system_figures.h"

#include <cmath>
#include <numeric>

#include "sezim/learn/temperature.h"

namespace sezim {

FoldFigure FigureOf(std::vector<double> folds) {
  FoldFigure figure{.folds = std::move(folds)};
  const auto n = static_cast<double>(figure.folds.size());
  if (figure.folds.empty()) return figure;
  figure.mean = std::accumulate(figure.folds.begin(), figure.folds.end(), 0.0) / n;
  double squares = 0;
  for (const double value : figure.folds) squares += (value - figure.mean) * (value - figure.mean);
  figure.std = n > 1 ? std::sqrt(squares / (n - 1)) : 0;
  return figure;
}

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
  figures.accuracy = FigureOf(std::move(accuracy));
  figures.uar = FigureOf(std::move(uar));
  figures.macro_f1 = FigureOf(std::move(macro_f1));
  figures.pooled = PooledFiguresOf(PoolOf(folds, labels, num_classes), speakers);
  return figures;
}

}  // namespace sezim
