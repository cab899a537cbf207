// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "sezim/vision/face_detector.h"

namespace sezim {

// How far two detectors see the same in the pictures of a video.
struct DetectorComparison {
  std::int64_t num_pictures = 0;
  std::int64_t num_alike = 0;  // as many faces, each overlapping one of the other's
  double seconds_first = 0;    // of each detector, all in all
  double seconds_second = 0;
};

// True if both saw as many faces, and each of `a` has one of `b` of its own that it shares at least 0.7 of their common
// area with.
bool AreAlike(const std::vector<DetectedFace>& a, const std::vector<DetectedFace>& b);

// Shows pictures of `video`, `per_s` of each second, to both. `progress`: the share done, 0 to 1. Throws Error.
DetectorComparison CompareDetectors(const std::filesystem::path& video, double per_s, FaceDetector& first,
                                    FaceDetector& second, const std::function<void(double)>& progress);

}  // namespace sezim
