// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/mouth.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr int kSide = kMouthLayout.side;
const cv::Rect kMouth(28, 52, 40, 36);
const cv::Rect kUpperFace(20, 16, 56, 34);
const cv::Rect kCompared = kMouth | kUpperFace;
const cv::Rect kFace(20, 20, 56, 70);

constexpr double kDarkestShare = 0.25;
constexpr double kMinContrast = 4;  // grey levels: a face in the dark has no more than noise
constexpr double kMaxShiftPx = 6;   // more is no movement of a head in a tenth of a second, but a mistake

double Contrast(const cv::Mat& face) {
  cv::Scalar mean, deviation;
  cv::meanStdDev(face(kFace), mean, deviation);
  return std::max(kMinContrast, deviation[0]);
}

// Mouth and upper face where they would be if the head had not moved by `shift` since: the part of `face` that is
// kCompared.
cv::Mat ShiftedBack(const cv::Mat& face, const cv::Point2d& shift) {
  const cv::Matx23d matrix(1, 0, shift.x + kCompared.x, 0, 1, shift.y + kCompared.y);
  cv::Mat steady;
  cv::warpAffine(face, steady, matrix, kCompared.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  return steady;
}

double MeanChange(const cv::Mat& before, const cv::Mat& steady, const cv::Rect& where) {
  return cv::norm(before(where), steady(where - kCompared.tl()), cv::NORM_L1) / where.area();
}

// Minus the mean of the darkest quarter, plus half of the mean of all.
double Openness(const cv::Mat& face) {
  std::vector<float> pixels;
  pixels.reserve(static_cast<std::size_t>(kMouth.area()));
  for (int y = kMouth.y; y < kMouth.y + kMouth.height; ++y) {
    const float* row = face.ptr<float>(y) + kMouth.x;
    pixels.insert(pixels.end(), row, row + kMouth.width);
  }
  const auto count = static_cast<std::ptrdiff_t>(kDarkestShare * kMouth.area());
  std::nth_element(pixels.begin(), pixels.begin() + count, pixels.end());
  const double darkest = std::accumulate(pixels.begin(), pixels.begin() + count, 0.0);
  const double all = std::accumulate(pixels.begin() + count, pixels.end(), darkest);
  return 0.5 * all / kMouth.area() - darkest / static_cast<double>(count);
}

}  // namespace

MouthMeter::MouthMeter() : window_(static_cast<std::size_t>(kUpperFace.area())) {
  cv::Mat window(kUpperFace.size(), CV_32F, window_.data());
  cv::createHanningWindow(window, kUpperFace.size(), CV_32F);
}

MouthMeasure MouthMeter::Measure(const std::vector<std::uint8_t>& face, double shown_since_s) {
  Check(face.size() == std::size_t{kSide} * kSide, "a mouth is measured on a face of kMouthLayout");
  seen_.push_back({shown_since_s, {face.begin(), face.end()}});
  const cv::Mat now(kSide, kSide, CV_32F, seen_.back().pixels.data());
  const double contrast = Contrast(now);
  MouthMeasure measure{.openness = static_cast<float>(Openness(now) / contrast)};
  // The latest that is old enough comes to the front.
  const double latest_s = shown_since_s - kMotionGapS;
  while (seen_.size() > 2 && seen_[1].shown_since_s <= latest_s) seen_.pop_front();
  if (seen_.front().shown_since_s > latest_s) return measure;
  const cv::Mat before(kSide, kSide, CV_32F, seen_.front().pixels.data());
  const cv::Mat window(kUpperFace.size(), CV_32F, window_.data());
  cv::Point2d shift = cv::phaseCorrelate(before(kUpperFace), now(kUpperFace), window);
  if (!(std::hypot(shift.x, shift.y) <= kMaxShiftPx)) shift = {};
  const cv::Mat steady = ShiftedBack(now, shift);
  measure.mouth_motion = static_cast<float>(MeanChange(before, steady, kMouth) / contrast);
  measure.upper_motion = static_cast<float>(MeanChange(before, steady, kUpperFace) / contrast);
  return measure;
}

}  // namespace sezim
