// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace sezim {

// How unsteady a voice is from one period to the next.
struct Perturbation {
  double jitter = 0;   // mean difference of neighbouring periods over the mean period ("local" in Praat)
  double shimmer = 0;  // mean difference of neighbouring periods' heights over the mean height
};

// Of the periods within `reach` samples around sample `middle` (as far as the sound goes), where a period is about
// `period` samples long. A period's mark is where it resembles the one before most (normalised cross-correlation, over
// 0.8 to 1.2 periods, refined by a parabola), starting from the highest peak at the middle; its height is the
// difference of its largest and least sample. 0 where fewer than three periods are found.
Perturbation MeasurePerturbation(std::span<const float> samples, double middle, double period, double reach);

}  // namespace sezim
