// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/review_sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sezim/base/sha256.h"

namespace sezim {

void LabelFingerprint::Add(const std::string& segment_id, Emotion label) {
  lines_.push_back(fmt::format("{}\t{}\n", segment_id, NameOf(label)));
}

std::string LabelFingerprint::HexDigest() const {
  std::vector<std::string> sorted = lines_;
  std::sort(sorted.begin(), sorted.end());
  Sha256 digest;
  for (const std::string& line : sorted) digest.Update(std::as_bytes(std::span(line)));
  return digest.HexDigest();
}

std::vector<std::size_t> StratifiedSample(const std::vector<std::pair<std::string, Emotion>>& segments,
                                          std::size_t per_emotion, std::uint64_t seed) {
  std::vector<std::pair<std::string, std::size_t>> order;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    order.emplace_back(Sha256OfText(fmt::format("{}\n{}", seed, segments[i].first)), i);
  }
  std::sort(order.begin(), order.end());
  std::array<std::size_t, kNumEmotions> taken{};
  std::vector<std::size_t> sample;
  for (const auto& [digest, index] : order) {
    if (taken[static_cast<std::size_t>(segments[index].second)]++ < per_emotion) sample.push_back(index);
  }
  return sample;
}

}  // namespace sezim
