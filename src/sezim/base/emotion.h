// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace sezim {

// The seven emotions that a face is taken to show: Ekman's six basic emotions and neutral, in alphabetical order.
enum class Emotion { kAngry, kDisgust, kFear, kHappy, kNeutral, kSad, kSurprise };

inline constexpr std::size_t kNumEmotions = 7;
inline constexpr std::array<Emotion, kNumEmotions> kEmotions = {Emotion::kAngry,   Emotion::kDisgust, Emotion::kFear,
                                                                Emotion::kHappy,   Emotion::kNeutral, Emotion::kSad,
                                                                Emotion::kSurprise};

// "angry", "disgust", …: the one spelling used in files, folders and reports.
std::string_view NameOf(Emotion emotion);
std::optional<Emotion> EmotionFromName(std::string_view name);

// A number for each emotion, in the order of kEmotions; as probabilities each is in [0, 1] and they sum to 1.
using EmotionScores = std::array<float, kNumEmotions>;

inline float& ScoreOf(EmotionScores& scores, Emotion emotion) {
  return scores[static_cast<std::size_t>(emotion)];
}
inline float ScoreOf(const EmotionScores& scores, Emotion emotion) {
  return scores[static_cast<std::size_t>(emotion)];
}

// The emotion with the highest score; of equal ones the first.
Emotion Strongest(const EmotionScores& scores);

}  // namespace sezim
