// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/side_by_side.h"

#include <algorithm>
#include <utility>

namespace sezim {

FeatureMatrix SideBySide(std::vector<FeatureMatrix> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  FeatureMatrix joined{.num_frames = parts.front().num_frames};
  for (const FeatureMatrix& one : parts) {
    joined.num_frames = std::min(joined.num_frames, one.num_frames);
    joined.dim += one.dim;
  }
  joined.values.reserve(static_cast<std::size_t>(joined.num_frames * joined.dim));
  for (std::int64_t i = 0; i < joined.num_frames; ++i) {
    for (const FeatureMatrix& one : parts) {
      const std::span<const float> frame = one.Frame(i);
      joined.values.insert(joined.values.end(), frame.begin(), frame.end());
    }
  }
  return joined;
}

}  // namespace sezim
