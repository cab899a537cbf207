// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "sezim/base/emotion.h"

namespace sezim {

// What the frames of a segment say together.
struct Label {
  Emotion emotion = Emotion::kNeutral;
  EmotionScores scores{};  // mean probability of each emotion over the frames
  double agreement = 0;    // share of the frames whose strongest emotion is `emotion`, in [0, 1]
};

// The published label (section 3.4.2): each frame votes for its strongest emotion, the majority wins; of
// equally many votes the larger summed probability wins, and of equal sums the first in the order of
// kEmotions. The order of the frames does not matter. Requires at least one frame.
Label LabelByMajority(std::span<const EmotionScores> frames);

// The label of the recipe `default`: the emotion with the largest mean probability, of equal ones the first in the
// order of kEmotions. The order of the frames does not matter. Requires at least one frame.
Label LabelByMean(std::span<const EmotionScores> frames);

}  // namespace sezim
