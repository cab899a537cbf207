// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace sezim {

// How far a harvest has come. Written by its threads, read by whoever draws a progress bar.
class HarvestMeter {
 public:
  struct Reading {
    double elapsed_s = 0;
    double done_share = 0;  // of all bytes to look at, in [0, 1]
    double media_s = 0;     // of sources, looked at since the start
    std::int64_t num_sources = 0;
    std::int64_t num_sources_done = 0;
    std::int64_t num_segments_kept = 0;
    std::int64_t num_segments_rejected = 0;
    double heard_share = -1;  // of the segments, by the voice model in the end; negative before that

    double times_real_time() const { return elapsed_s > 0 ? media_s / elapsed_s : 0; }
    // Nothing known yet: negative.
    double left_s() const { return done_share > 0 ? elapsed_s * (1 - done_share) / done_share : -1; }
  };

  void Start(std::int64_t num_sources, double total_weight) {
    const std::lock_guard lock(mutex_);
    start_ = std::chrono::steady_clock::now();
    total_weight_ = total_weight;
    reading_.num_sources = num_sources;
  }

  // A part of a source has been looked at: `weight` out of the total, `media_s` seconds of it.
  void Advance(double weight, double media_s) {
    const std::lock_guard lock(mutex_);
    done_weight_ += weight;
    reading_.media_s += media_s;
  }

  void FinishSource(std::int64_t num_kept, std::int64_t num_rejected) {
    const std::lock_guard lock(mutex_);
    ++reading_.num_sources_done;
    reading_.num_segments_kept += num_kept;
    reading_.num_segments_rejected += num_rejected;
  }

  // Segments that were kept before are rejected by what looks at all sources together. More may be rejected than this
  // run kept: of sources that an earlier run finished.
  void RejectKept(std::int64_t num_segments) {
    const std::lock_guard lock(mutex_);
    reading_.num_segments_kept = std::max<std::int64_t>(0, reading_.num_segments_kept - num_segments);
    reading_.num_segments_rejected += num_segments;
  }

  void Hear(double share) {
    const std::lock_guard lock(mutex_);
    reading_.heard_share = share;
  }

  Reading Read() const {
    const std::lock_guard lock(mutex_);
    Reading reading = reading_;
    reading.elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    if (total_weight_ > 0) reading.done_share = done_weight_ < total_weight_ ? done_weight_ / total_weight_ : 1;
    return reading;
  }

 private:
  mutable std::mutex mutex_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double total_weight_ = 0;
  double done_weight_ = 0;
  Reading reading_;
};

}  // namespace sezim
