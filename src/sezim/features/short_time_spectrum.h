// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "sezim/features/frame_cutter.h"
#include "sezim/features/mel_filters.h"
#include "sezim/features/real_fft.h"
#include "sezim/features/window.h"

namespace sezim {

struct SpectrumOptions {
  int window_samples =
      400;  // at most fft_size; in the middle of the transform where frames are centred, else at its front
  int fft_size = 512;
  int hop_samples = 160;
  WindowShape window = WindowShape::kHann;
  WindowEnd window_end = WindowEnd::kPeriodic;
  FrameEdges edges = FrameEdges::kCentred;
};

// The power spectrum of a stream of sound, frame by frame.
class ShortTimeSpectrum {
 public:
  // Gets the fft_size / 2 + 1 squared magnitudes of a frame, and MelFilters::kPadding zeros behind them.
  using TakePower = std::function<void(std::span<const float> power)>;

  explicit ShortTimeSpectrum(const SpectrumOptions& options);

  std::size_t num_bins() const { return static_cast<std::size_t>(fft_.num_bins()); }
  void Accept(std::span<const float> samples, const TakePower& take);
  void Finish(const TakePower& take);

 private:
  void Transform(std::span<const float> frame, const TakePower& take);

  std::vector<float> window_;  // as long as a frame
  FrameCutter cutter_;
  RealFft fft_;
  std::vector<float> power_;
};

}  // namespace sezim
