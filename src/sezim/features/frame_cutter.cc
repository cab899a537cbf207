// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/frame_cutter.h"

#include <algorithm>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr std::size_t kPieceSamples = 16'384;  // taken in at once, so that the buffer stays small

}  // namespace

FrameCutter::FrameCutter(int window_samples, int hop_samples, FrameEdges edges)
    : window_(static_cast<std::size_t>(window_samples)), hop_(static_cast<std::size_t>(hop_samples)), edges_(edges) {
  Check(hop_samples > 0 && window_samples >= hop_samples, "frames of at least one sample, without gaps between them");
  if (edges == FrameEdges::kCentred) buffer_.assign(window_ / 2, 0.0F);
  has_start_ = edges != FrameEdges::kCentredMirror;
}

void FrameCutter::Accept(std::span<const float> samples, const TakeFrame& take) {
  Check(!finished_, "no samples after the end of the input");
  while (!samples.empty()) {
    const auto piece = samples.first(std::min(samples.size(), kPieceSamples));
    samples = samples.subspan(piece.size());
    buffer_.insert(buffer_.end(), piece.begin(), piece.end());
    num_samples_ += static_cast<std::int64_t>(piece.size());
    if (!has_start_ && buffer_.size() >= window_) MirrorStart();
    if (has_start_) CutWhole(take);
  }
}

void FrameCutter::Finish(const TakeFrame& take) {
  Check(!finished_, "an input that is finished once");
  finished_ = true;
  if (num_samples_ == 0) return;
  if (!has_start_) MirrorStart();
  AppendTail();
  CutWhole(take);
}

// Puts what a mirror at the first sample shows before it. A sound shorter than that is mirrored at both ends, on and
// on.
void FrameCutter::MirrorStart() {
  const std::size_t front = window_ / 2 - hop_ / 2;
  const auto size = static_cast<std::int64_t>(buffer_.size());
  std::vector<float> mirrored(front);
  for (std::size_t i = 0; i < front; ++i) {
    auto at = static_cast<std::int64_t>(i) - static_cast<std::int64_t>(front);
    while (at < 0 || at >= size) at = at < 0 ? -at - 1 : 2 * size - 1 - at;
    mirrored[i] = buffer_[static_cast<std::size_t>(at)];
  }
  buffer_.insert(buffer_.begin(), mirrored.begin(), mirrored.end());
  has_start_ = true;
}

void FrameCutter::AppendTail() {
  const std::size_t left = buffer_.size() - next_;  // from the start of the next frame on
  if (edges_ == FrameEdges::kCentred) {
    buffer_.resize(buffer_.size() + window_ / 2, 0.0F);
  } else if (edges_ == FrameEdges::kFilled) {
    // Samples are left over where the last frame ended before the sound did.
    const bool none_yet = num_samples_ < static_cast<std::int64_t>(window_);
    const bool left_over = left > window_ - hop_;
    if (none_yet || left_over) buffer_.resize(next_ + window_, 0.0F);
  } else if (edges_ == FrameEdges::kCentredMirror) {
    const std::size_t end = buffer_.size();
    while (buffer_.size() - end < window_) {
      const std::size_t beyond = buffer_.size() - end;
      const std::size_t period = std::min(end, static_cast<std::size_t>(num_samples_));
      const std::size_t turn = beyond % (2 * period);
      const std::size_t back = turn < period ? turn : 2 * period - 1 - turn;
      buffer_.push_back(buffer_[end - 1 - back]);
    }
    // As many frames as have their middle in the sound.
    const std::size_t reach = left + hop_ / 2 * 2;
    const std::size_t count = reach > window_ / 2 ? (reach - window_ / 2) / hop_ : 0;
    buffer_.resize(count == 0 ? next_ : std::min(buffer_.size(), next_ + (count - 1) * hop_ + window_));
  }
}

void FrameCutter::CutWhole(const TakeFrame& take) {
  for (; next_ + window_ <= buffer_.size(); next_ += hop_) take(std::span(buffer_).subspan(next_, window_));
  // What lies further back than a mirror at the end can show is not needed any more.
  const std::size_t kept_back = edges_ == FrameEdges::kCentredMirror ? window_ : 0;
  const std::size_t front = std::min(next_, buffer_.size());
  if (front > kept_back && front >= kPieceSamples / 2) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(front - kept_back));
    next_ -= front - kept_back;
  }
}

}  // namespace sezim
