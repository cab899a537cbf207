// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/temperature.h"

#include <algorithm>
#include <cmath>

#include "sezim/base/error.h"

namespace sezim {

FeatureMatrix ScoresOf(const FeatureMatrix& logits, double temperature) {
  Check(temperature > 0, "a temperature is above 0");
  FeatureMatrix scores = logits;
  for (std::int64_t i = 0; i < scores.num_frames; ++i) {
    const auto row = scores.Frame(i);
    const double largest = static_cast<double>(*std::max_element(row.begin(), row.end()));
    double sum = 0;
    for (const float value : row) sum += std::exp((static_cast<double>(value) - largest) / temperature);
    for (float& value : row) {
      value = static_cast<float>(std::exp((static_cast<double>(value) - largest) / temperature) / sum);
    }
  }
  return scores;
}

double LogLoss(const FeatureMatrix& scores, std::span<const int> labels) {
  if (labels.empty()) return 0;
  double loss = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const float score = scores.Frame(static_cast<std::int64_t>(i))[static_cast<std::size_t>(labels[i])];
    loss -= std::log(std::max(static_cast<double>(score), 1e-12));
  }
  return loss / static_cast<double>(labels.size());
}

double FitTemperature(const FeatureMatrix& logits, std::span<const int> labels) {
  if (labels.empty()) return 1;
  // The loss is convex in 1 / temperature, so it has one valley over the logarithm too: golden-section search.
  const auto loss = [&](double log_temperature) {
    return LogLoss(ScoresOf(logits, std::exp(log_temperature)), labels);
  };
  const double ratio = (std::sqrt(5.0) - 1) / 2;
  double low = std::log(0.01), high = std::log(100.0);
  double a = high - ratio * (high - low), b = low + ratio * (high - low);
  double loss_a = loss(a), loss_b = loss(b);
  while (high - low > 1e-3) {
    if (loss_a <= loss_b) {
      high = b;
      b = a;
      loss_b = loss_a;
      a = high - ratio * (high - low);
      loss_a = loss(a);
    } else {
      low = a;
      a = b;
      loss_a = loss_b;
      b = low + ratio * (high - low);
      loss_b = loss(b);
    }
  }
  return std::exp((low + high) / 2);
}

std::vector<int> LargestOf(const FeatureMatrix& rows) {
  std::vector<int> classes;
  for (std::int64_t i = 0; i < rows.num_frames; ++i) {
    const auto row = rows.Frame(i);
    classes.push_back(static_cast<int>(std::max_element(row.begin(), row.end()) - row.begin()));
  }
  return classes;
}

}  // namespace sezim
