// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace sezim {

// What a frame is multiplied by before its spectrum is taken; x runs from 0 to 1 over the frame.
enum class WindowShape {
  kRectangular,
  kHamming,  // 0.54 - 0.46 cos(2 pi x)
  kHann,     // 0.5 - 0.5 cos(2 pi x)
  kPovey,    // Kaldi's: Hann to the power of 0.85
};

// kSymmetric: the last sample is at x = 1 (HTK, Kaldi, NumPy); kPeriodic: the one after it is (librosa, SciPy's
// default).
enum class WindowEnd { kSymmetric, kPeriodic };

std::vector<float> MakeWindow(WindowShape shape, int num_samples, WindowEnd end);

}  // namespace sezim
