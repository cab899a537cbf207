// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/multiclass_auc.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/learn/metrics.h"

namespace sezim {

double MulticlassAuc(std::span<const float> scores, std::span<const std::size_t> truth, std::size_t num_classes) {
  Check(scores.size() == truth.size() * num_classes, "a score of each class for each clip");
  for (const std::size_t one : truth) Check(one < num_classes, "truth names classes that there are");
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  if (std::any_of(scores.begin(), scores.end(), [](float score) { return std::isnan(score); })) return kUnknown;
  double sum = 0;
  double num_curves = 0;
  for (std::size_t k = 0; k < num_classes; ++k) {
    std::vector<float> column(truth.size());
    std::vector<bool> is_positive(truth.size());
    for (std::size_t i = 0; i < truth.size(); ++i) {
      column[i] = scores[i * num_classes + k];
      is_positive[i] = truth[i] == k;
    }
    const double auc = RocAuc(column, is_positive);
    if (std::isnan(auc)) continue;
    sum += auc;
    ++num_curves;
  }
  return num_curves > 0 ? sum / num_curves : kUnknown;
}

}  // namespace sezim
