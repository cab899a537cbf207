// SPDX-License-Identifier: Apache-2.0
#include "sezim/base/emotion.h"

#include <algorithm>

namespace sezim {
namespace {

constexpr std::array<std::string_view, kNumEmotions> kNames = {"angry",   "disgust", "fear",    "happy",
                                                               "neutral", "sad",     "surprise"};

}  // namespace

std::string_view NameOf(Emotion emotion) {
  return kNames.at(static_cast<std::size_t>(emotion));
}

std::optional<Emotion> EmotionFromName(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return kEmotions[static_cast<std::size_t>(found - kNames.begin())];
}

Emotion Strongest(const EmotionScores& scores) {
  return kEmotions[static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin())];
}

}  // namespace sezim
