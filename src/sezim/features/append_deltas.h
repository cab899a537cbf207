// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace sezim {

// The weights of 2 reach + 1 frames whose sum tells how fast a number changes, per frame: the slope of the line fitted
// to them, i / sum_j j^2 (HTK Book, 5.9; a Savitzky-Golay filter of order 1).
std::vector<float> SlopeWeights(int reach);

// The same for how the slope changes: the second derivative of the parabola fitted to them (Savitzky and Golay 1964).
std::vector<float> CurvatureWeights(int reach);

// The weights of one after the other: applying the result is applying both.
std::vector<float> Convolved(std::span<const float> a, std::span<const float> b);

// What is done where frames are missing at the ends of a sound.
enum class DeltaEdges {
  kRepeatFrames,  // the first and last frame stand for those beyond them (HTK, Kaldi, python_speech_features)
  kHoldDeltas,    // the first and last full sum stand for those beyond them (librosa's mode "interp"); as
                  // kRepeatFrames for a sound of fewer frames than there are weights
};

// Appends to each frame a weighted sum of some of its numbers over the frames around it. A stream: a frame comes out as
// soon as the frames that it depends on have come in.
class AppendDeltas {
 public:
  using TakeFrame = std::function<void(std::span<const float> frame)>;

  // Frames of `dim` numbers come in; frames of dim + count numbers go out, the last ones being the sums of the numbers
  // `first` to first + count - 1. `weights`: of an odd number of frames, the middle one of which is the frame itself.
  AppendDeltas(std::size_t dim, std::size_t first, std::size_t count, std::vector<float> weights, DeltaEdges edges);

  void Accept(std::span<const float> frame, const TakeFrame& take);
  void Finish(const TakeFrame& take);

 private:
  void Make(std::size_t middle, const TakeFrame& take);

  std::size_t dim_, first_, count_;
  std::vector<float> weights_;
  DeltaEdges edges_;
  std::size_t reach_;
  std::vector<float> ring_;  // the last frames that came in, as many as there are weights
  std::vector<float> out_;
  std::size_t num_in_ = 0, num_out_ = 0;
};

}  // namespace sezim
