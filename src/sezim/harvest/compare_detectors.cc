// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/compare_detectors.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "sezim/media/frame_decoder.h"
#include "sezim/media/probe.h"

namespace sezim {
namespace {

constexpr double kMinOverlap = 0.7;

std::vector<DetectedFace> Timed(FaceDetector& detector, const GreyView& picture, double& seconds) {
  const auto began = std::chrono::steady_clock::now();
  std::vector<DetectedFace> faces = detector.Detect(picture);
  seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return faces;
}

}  // namespace

bool AreAlike(const std::vector<DetectedFace>& a, const std::vector<DetectedFace>& b) {
  if (a.size() != b.size()) return false;
  std::vector<bool> taken(b.size());
  return std::all_of(a.begin(), a.end(), [&](const DetectedFace& face) {
    for (std::size_t k = 0; k < b.size(); ++k) {
      if (taken[k] || IntersectionOverUnion(face.box, b[k].box) < kMinOverlap) continue;
      taken[k] = true;
      return true;
    }
    return false;
  });
}

DetectorComparison CompareDetectors(const std::filesystem::path& video, double per_s, FaceDetector& first,
                                    FaceDetector& second, const std::function<void(double)>& progress) {
  std::vector<double> times_s;
  const double duration_s = Probe(video).duration_s.value_or(0);
  const auto count = static_cast<std::size_t>(std::max(0.0, std::floor(duration_s * per_s)));
  for (std::size_t i = 0; i < count; ++i) times_s.push_back(static_cast<double>(i) / per_s);
  DetectorComparison result;
  FrameDecoder(video).Decode(times_s, [&](std::size_t index, const GreyView* picture) {
    progress(static_cast<double>(index + 1) / static_cast<double>(count));
    if (picture == nullptr) return;
    const std::vector<DetectedFace> a = Timed(first, *picture, result.seconds_first);
    const std::vector<DetectedFace> b = Timed(second, *picture, result.seconds_second);
    ++result.num_pictures;
    result.num_alike += AreAlike(a, b);
  });
  return result;
}

}  // namespace sezim
