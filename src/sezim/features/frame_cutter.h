// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace sezim {

// Which frames a sound of n samples has, for a window of w samples each hop h; all of them none for n = 0.
enum class FrameEdges {
  kWhole,    // frame i starts at i h; only frames that lie in the sound (HTK, Kaldi)
  kFilled,   // the same, and one more with silence at its end where samples are left over (python_speech_features)
  kCentred,  // frame i has its middle at i h, silence outside; n / h + 1 frames (librosa)
  kCentredMirror,  // frame i has its middle at (i + 1/2) h, the sound mirrored at its ends; (n + h / 2) / h frames
                   // (Kaldi with snip_edges = false)
};

// Cuts a stream of samples into frames that overlap. Keeps no more than it needs for the next ones.
class FrameCutter {
 public:
  // Gets the samples of one frame, which last for the call.
  using TakeFrame = std::function<void(std::span<const float> frame)>;

  FrameCutter(int window_samples, int hop_samples, FrameEdges edges);

  void Accept(std::span<const float> samples, const TakeFrame& take);
  void Finish(const TakeFrame& take);

 private:
  void MirrorStart();
  void AppendTail();
  void CutWhole(const TakeFrame& take);

  std::size_t window_, hop_;
  FrameEdges edges_;
  std::vector<float> buffer_{};
  std::size_t next_ = 0;          // where in buffer_ the next frame starts
  std::int64_t num_samples_ = 0;  // that came in
  bool has_start_ = true;         // what stands before the sound is in buffer_
  bool finished_ = false;
};

}  // namespace sezim
