// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sezim/features/feature_matrix.h"

namespace sezim {

// A number that sums up one column of frames. By name:
//   mean, std (of the population), min, max, range, skewness, kurtosis (3 for a normal distribution),
//   p0 … p100   a percentile, linear between the frames around it (NumPy's default)
//   slope       of the regression line over time, per second
// Of no frames every functional is 0, of a constant skewness, kurtosis and slope are 0.
class Functional {
 public:
  // Throws Error (kUsage) for an unknown name.
  explicit Functional(std::string_view name);

  const std::string& name() const { return name_; }

 private:
  friend std::vector<float> Summarize(const FeatureMatrix&, std::span<const char>, std::span<const Functional>, double);

  enum class Kind { kMean, kStd, kMin, kMax, kRange, kSkewness, kKurtosis, kPercentile, kSlope };
  std::string name_;
  Kind kind_ = Kind::kMean;
  double percentile_ = 0;
};

// All functionals of the first column, then of the second, and so on: frames.dim * functionals.size() numbers.
// `selected`: for each frame whether it counts; empty: all do. Sums are in double precision; never NaN for finite
// frames.
std::vector<float> Summarize(const FeatureMatrix& frames, std::span<const char> selected,
                             std::span<const Functional> functionals, double hop_s);

}  // namespace sezim
