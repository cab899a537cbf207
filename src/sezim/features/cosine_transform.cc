// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/cosine_transform.h"

#include <cmath>
#include <numbers>

#include "sezim/base/error.h"
#include "sezim/features/dot_product.h"

namespace sezim {

CosineTransform::CosineTransform(const Options& options)
    : num_inputs_((static_cast<std::size_t>(options.num_bands) + 7) / 8 * 8),
      num_coefficients_(static_cast<std::size_t>(options.num_coefficients)) {
  Check(options.num_coefficients >= 1 && options.num_coefficients <= options.num_bands, "at most one for each band");
  for (int k = 0; k < options.num_coefficients; ++k) {
    const bool halved = k == 0 && options.zeroth == ZerothScale::kOrthonormal;
    const double scale = std::sqrt((halved ? 1.0 : 2.0) / options.num_bands);
    const double lift =
        options.lifter > 0
            ? 1 + options.lifter / 2 * std::sin(std::numbers::pi * (k + options.lifter_shift) / options.lifter)
            : 1;
    for (int n = 0; n < static_cast<int>(num_inputs_); ++n) {
      const double cosine = std::cos(std::numbers::pi * k * (n + 0.5) / options.num_bands);
      weights_.push_back(n < options.num_bands ? static_cast<float>(scale * lift * cosine) : 0);
    }
  }
}

void CosineTransform::Apply(std::span<const float> bands, std::span<float> coefficients) const {
  Check(bands.size() >= num_inputs_ && coefficients.size() >= num_coefficients_, "bands and room of the right size");
  for (std::size_t k = 0; k < num_coefficients_; ++k) {
    coefficients[k] = DotProduct(bands.data(), weights_.data() + k * num_inputs_, num_inputs_);
  }
}

}  // namespace sezim
