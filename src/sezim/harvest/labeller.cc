// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/labeller.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "sezim/base/error.h"

namespace sezim {
namespace {

struct Tally {
  std::array<std::int64_t, kNumEmotions> votes{};
  // Probabilities are summed as whole numbers of 2^-32, so that the order of the frames cannot change a rounding.
  std::array<std::int64_t, kNumEmotions> sums{};
};

Tally Count(std::span<const EmotionScores> frames) {
  Check(!frames.empty(), "a label needs at least one frame");
  Tally tally;
  for (const EmotionScores& frame : frames) {
    ++tally.votes[static_cast<std::size_t>(Strongest(frame))];
    for (std::size_t k = 0; k < kNumEmotions; ++k) tally.sums[k] += std::llround(std::ldexp(double{frame[k]}, 32));
  }
  return tally;
}

Label MakeLabel(const Tally& tally, std::size_t best, std::size_t num_frames) {
  Label label;
  label.emotion = kEmotions[best];
  const auto count = static_cast<double>(num_frames);
  label.agreement = static_cast<double>(tally.votes[best]) / count;
  for (std::size_t k = 0; k < kNumEmotions; ++k) {
    label.scores[k] = static_cast<float>(std::ldexp(static_cast<double>(tally.sums[k]), -32) / count);
  }
  return label;
}

}  // namespace

Label LabelByMajority(std::span<const EmotionScores> frames) {
  const Tally tally = Count(frames);
  std::size_t best = 0;
  for (std::size_t k = 1; k < kNumEmotions; ++k) {
    const bool is_tie = tally.votes[k] == tally.votes[best];
    if (tally.votes[k] > tally.votes[best] || (is_tie && tally.sums[k] > tally.sums[best])) best = k;
  }
  return MakeLabel(tally, best, frames.size());
}

Label LabelByMean(std::span<const EmotionScores> frames) {
  const Tally tally = Count(frames);
  const auto best = std::max_element(tally.sums.begin(), tally.sums.end()) - tally.sums.begin();
  return MakeLabel(tally, static_cast<std::size_t>(best), frames.size());
}

}  // namespace sezim
