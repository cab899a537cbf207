// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/segmenter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "sezim/base/error.h"

namespace sezim {
namespace {

// Cuts the run of frames [begin, end) into parts that are not longer than allowed and appends them.
void AppendParts(std::span<const std::int64_t> ticks, std::size_t begin, std::size_t end,
                 const SegmenterOptions& options, std::vector<FrameSegment>& segments) {
  const auto min_frames = static_cast<std::size_t>(options.min_frames);
  const std::int64_t first = ticks[begin];
  const std::int64_t length = ticks[end - 1] + 1 - first;
  if (end - begin < min_frames) {
    segments.push_back({first, first + length, begin, end, true});
    return;
  }
  const auto max_ticks = static_cast<std::int64_t>(std::floor(options.max_segment_s * options.ticks_per_s + 1e-9));
  const std::int64_t num_parts = (length + max_ticks - 1) / max_ticks;
  for (std::int64_t part = 0; part < num_parts; ++part) {
    FrameSegment segment{.first_tick = first + length * part / num_parts,
                         .end_tick = first + length * (part + 1) / num_parts,
                         .begin = begin,
                         .end = begin};
    while (segment.end < end && ticks[segment.end] < segment.end_tick) ++segment.end;
    begin = segment.end;
    segment.too_few_frames = segment.num_frames() < min_frames;
    if (segment.num_frames() > 0) segments.push_back(segment);
  }
}

}  // namespace

void SegmenterOptions::Check() const {
  OptionChecks checks("segments");
  checks.Require(ticks_per_s >= 1 && ticks_per_s <= 100,
                 fmt::format("frames.per_s must lie between 1 and 100, not at {}", ticks_per_s));
  checks.Require(max_gap_frames >= 1, fmt::format("max_gap_frames must be at least 1, not {}", max_gap_frames));
  checks.Require(min_frames >= 1, fmt::format("min_frames must be at least 1, not {}", min_frames));
  checks.Require(
      max_segment_s * ticks_per_s >= 1 && max_segment_s <= 3600,
      fmt::format("segments.max_s must hold at least one frame and at most an hour, not {} s", max_segment_s));
  checks.ThrowIfAny();
}

std::vector<FrameSegment> SegmentFrames(std::span<const std::int64_t> ticks, const SegmenterOptions& options) {
  options.Check();
  Check(std::is_sorted(ticks.begin(), ticks.end(), std::less_equal<>()), "kept frames ascend strictly");
  std::vector<FrameSegment> segments;
  std::size_t begin = 0;
  for (std::size_t i = 1; i <= ticks.size(); ++i) {
    if (i < ticks.size() && ticks[i] - ticks[i - 1] <= options.max_gap_frames) continue;
    AppendParts(ticks, begin, i, options, segments);
    begin = i;
  }
  return segments;
}

}  // namespace sezim
