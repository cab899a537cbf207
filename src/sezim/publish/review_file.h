// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sezim/base/emotion.h"

namespace sezim {

// What a reviewer may say of a segment: one of the seven emotions, in their order, or why none can be said.
inline constexpr std::array<std::string_view, 3> kNoEmotionAnswers = {"cannot-tell", "not-one-speaker", "bad-cut"};
inline constexpr std::size_t kNumAnswers = kNumEmotions + kNoEmotionAnswers.size();

// "angry", …, "bad-cut": how answer `answer` (below kNumAnswers) is spelled.
std::string_view NameOfAnswer(std::size_t answer);

struct ReviewAnswer {
  std::string id{};  // of the segment
  Emotion label = Emotion::kNeutral;
  std::size_t answer = 0;  // below kNumAnswers
  bool revised = false;    // changed after the label had been shown
};

// What one person said of a sample: the file that the report's page exports (docs/formats/review.md).
struct Review {
  std::string file{};  // for messages
  std::string reviewer{};
  std::string corpus_name{};
  std::string fingerprint{};
  std::int64_t num_sampled = 0;
  std::vector<ReviewAnswer> answers{};  // each segment at most once
};

inline constexpr std::size_t kMaxReviewBytes = std::size_t{16} << 20;
inline constexpr std::size_t kMaxReviewerBytes = 200;

// `origin` is for messages. Throws Error (kBadInput) that says what was expected.
Review ParseReview(std::string_view text, const std::string& origin);

// Throws Error (kNotFound, kIo, kBadInput).
Review ReadReview(const std::filesystem::path& file);

}  // namespace sezim
