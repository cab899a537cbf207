// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sezim {

// Numbers measured frame by frame, row-major: num_frames x dim.
struct FeatureMatrix {
  std::int64_t num_frames = 0;
  int dim = 0;
  std::vector<float> values{};

  std::span<const float> Frame(std::int64_t index) const {
    return std::span(values).subspan(static_cast<std::size_t>(index * dim), static_cast<std::size_t>(dim));
  }
  std::span<float> Frame(std::int64_t index) {
    return std::span(values).subspan(static_cast<std::size_t>(index * dim), static_cast<std::size_t>(dim));
  }
};

}  // namespace sezim
