// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/labeller.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "sezim/base/error.h"

namespace sezim {

Label LabelByMajority(std::span<const EmotionScores> frames) {
  Check(!frames.empty(), "a label needs at least one frame");
  // Probabilities are summed as whole numbers of 2^-32, so that the order of the frames cannot change a
  // rounding.
  std::array<std::int64_t, kNumEmotions> votes{};
  std::array<std::int64_t, kNumEmotions> sums{};
  for (const EmotionScores& frame : frames) {
    ++votes[static_cast<std::size_t>(Strongest(frame))];
    for (std::size_t k = 0; k < kNumEmotions; ++k) sums[k] += std::llround(std::ldexp(double{frame[k]}, 32));
  }
  std::size_t best = 0;
  for (std::size_t k = 1; k < kNumEmotions; ++k) {
    if (votes[k] > votes[best] || (votes[k] == votes[best] && sums[k] > sums[best])) best = k;
  }
  Label label;
  label.emotion = kEmotions[best];
  const auto count = static_cast<double>(frames.size());
  label.agreement = static_cast<double>(votes[best]) / count;
  for (std::size_t k = 0; k < kNumEmotions; ++k) {
    label.scores[k] = static_cast<float>(std::ldexp(static_cast<double>(sums[k]), -32) / count);
  }
  return label;
}

}  // namespace sezim
