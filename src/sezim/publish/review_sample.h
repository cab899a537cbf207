// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sezim/base/emotion.h"

namespace sezim {

// What a reviewer's answers are tied to: SHA-256 over the ids of a corpus' segments with their labels, whatever their
// order.
class LabelFingerprint {
 public:
  void Add(const std::string& segment_id, Emotion label);
  std::string HexDigest() const;

 private:
  std::vector<std::string> lines_;
};

// The most of each emotion that a review's sample may be asked to have.
inline constexpr std::int64_t kMaxPerEmotion = 1'000'000;

// Draws `per_emotion` segments of each emotion (all, where there are fewer): those whose SHA-256 of seed and id is the
// smallest, in the order of that number, which mixes the emotions. The same segments and seed give the same sample,
// whatever their order, and a smaller sample is a part of a larger one. Returns indices of `segments`.
std::vector<std::size_t> StratifiedSample(const std::vector<std::pair<std::string, Emotion>>& segments,
                                          std::size_t per_emotion, std::uint64_t seed);

}  // namespace sezim
