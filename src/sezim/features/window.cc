// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/window.h"

#include <cmath>
#include <numbers>

#include "sezim/base/error.h"

namespace sezim {

std::vector<float> MakeWindow(WindowShape shape, int num_samples, WindowEnd end) {
  Check(num_samples > 1, "a window of at least two samples");
  std::vector<float> window;
  const double period = end == WindowEnd::kPeriodic ? num_samples : num_samples - 1;
  for (int i = 0; i < num_samples; ++i) {
    const double cosine = std::cos(2 * std::numbers::pi * i / period);
    double value = 1;
    switch (shape) {
      case WindowShape::kRectangular: break;
      case WindowShape::kHamming: value = 0.54 - 0.46 * cosine; break;
      case WindowShape::kHann: value = 0.5 - 0.5 * cosine; break;
      case WindowShape::kPovey: value = std::pow(0.5 - 0.5 * cosine, 0.85); break;
    }
    window.push_back(static_cast<float>(value));
  }
  return window;
}

}  // namespace sezim
