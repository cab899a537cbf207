// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/picture_order.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

namespace sezim {
namespace {

constexpr std::size_t kMostRemembered = 100;
constexpr std::size_t kMostBetween = 16;  // H.264 and HEVC have no more; a file that does is decoded whole

void Remember(std::set<std::int64_t>& timestamps, std::int64_t timestamp) {
  timestamps.insert(timestamp);
  if (timestamps.size() > kMostRemembered) timestamps.erase(timestamps.begin());
}

// Of `between`, which ascends, few enough, evenly spread, that leave no gap above `max_gap` from `before` to `after`;
// all if that cannot be.
std::vector<std::int64_t> Thinned(std::int64_t before, const std::vector<std::int64_t>& between, std::int64_t after,
                                  double max_gap) {
  const auto from = static_cast<double>(before), gap = static_cast<double>(after) - from;
  if (between.size() > kMostBetween || gap > max_gap * static_cast<double>(between.size() + 1)) return between;
  for (std::size_t num_kept = 0; num_kept < between.size(); ++num_kept) {
    std::vector<std::int64_t> kept;
    double last = from, largest_gap = 0;
    for (std::size_t part = 1; part <= num_kept; ++part) {
      const double middle = from + gap * static_cast<double>(part) / static_cast<double>(num_kept + 1);
      const auto distance = [middle](std::int64_t one) { return std::abs(static_cast<double>(one) - middle); };
      kept.push_back(*std::min_element(between.begin(), between.end(),
                                       [&](std::int64_t a, std::int64_t b) { return distance(a) < distance(b); }));
      largest_gap = std::max(largest_gap, static_cast<double>(kept.back()) - std::exchange(last, kept.back()));
    }
    if (std::max(largest_gap, static_cast<double>(after) - last) <= max_gap) return kept;
  }
  return between;
}

}  // namespace

void PictureOrder::Read(std::int64_t timestamp, bool is_shown) {
  if (anchors_.empty() || timestamp > *anchors_.rbegin()) {
    Remember(anchors_, timestamp);
    if (!is_shown) Remember(hidden_anchors_, timestamp);
    if (!first_anchor_) first_anchor_ = timestamp;
  }
  if (is_shown) Remember(pictures_, timestamp);
}

void PictureOrder::Restart() {
  *this = PictureOrder(max_gap_);
}

bool PictureOrder::IsBeforeFirst(std::int64_t timestamp) const {
  return max_gap_ > 0 && !has_unknown_ && first_anchor_ && timestamp < *first_anchor_;
}

bool PictureOrder::IsNeeded(std::int64_t timestamp) const {
  if (max_gap_ <= 0) return true;
  const auto after = anchors_.lower_bound(timestamp);
  if (after == anchors_.end() || *after == timestamp) return true;
  if (after == anchors_.begin()) return false;
  const std::int64_t before = *std::prev(after);
  if (hidden_anchors_.contains(before) || hidden_anchors_.contains(*after)) return true;
  const std::vector<std::int64_t> between(pictures_.upper_bound(before), pictures_.lower_bound(*after));
  const std::vector<std::int64_t> needed = Thinned(before, between, *after, static_cast<double>(max_gap_));
  return std::binary_search(needed.begin(), needed.end(), timestamp);
}

std::optional<std::int64_t> PictureOrder::NextNeeded(std::int64_t timestamp) const {
  const auto next = std::find_if(pictures_.upper_bound(timestamp), pictures_.end(),
                                 [this](std::int64_t one) { return IsNeeded(one); });
  return next == pictures_.end() ? std::nullopt : std::optional(*next);
}

}  // namespace sezim
