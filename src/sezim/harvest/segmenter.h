// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sezim {

// The published segmentation (section 3.4.1): kept frames become segments. Time is counted in ticks, the
// moments at which a frame is looked at: tick t is at t / ticks_per_s seconds and stands for the time until
// the next one.

struct SegmenterOptions {
  int ticks_per_s = 10;
  int max_gap_frames = 10;     // a larger distance between neighbouring kept frames ends a segment
  int min_frames = 11;         // with fewer kept frames a segment is dropped
  double max_segment_s = 3.0;  // a longer one is cut into the fewest equal parts that are not longer

  void Check() const;  // throws Error (kUsage)
};

// Ticks [first_tick, end_tick) and the kept frames among them, as indices [begin, end) into the list given.
struct FrameSegment {
  std::int64_t first_tick = 0;
  std::int64_t end_tick = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
  bool too_few_frames = false;  // dropped, kept here so that it can be counted

  std::size_t num_frames() const { return end - begin; }
  bool operator==(const FrameSegment&) const = default;
};

// The segments of kept frames at `ticks`, which must ascend strictly. Ascending and disjoint; each kept frame
// is in exactly one of them.
std::vector<FrameSegment> SegmentFrames(std::span<const std::int64_t> ticks, const SegmenterOptions& options);

}  // namespace sezim
