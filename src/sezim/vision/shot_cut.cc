// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/shot_cut.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "sezim/vision/shrink.h"

namespace sezim {
namespace {

constexpr int kWidth = kSmallPictureWidth;
constexpr int kHeight = kSmallPictureHeight;

// What a row of the small picture is the mean of: more would only take time.
constexpr int kRowsPerRow = 12;

// Both have to be met: a movement of the camera changes much of the picture a little, and an even picture may change
// its few details without a cut.
constexpr double kMinMeanChange = 8;      // grey levels
constexpr double kMaxCorrelation = 0.92;  // of the two pictures' pixels

}  // namespace

bool ShotCutDetector::IsCut(const GreyView& picture) {
  const int step = std::max(1, picture.height / (kHeight * kRowsPerRow));
  const cv::Mat luma(picture.height / step, picture.width, CV_8UC1, const_cast<std::uint8_t*>(picture.data),
                     static_cast<std::size_t>(picture.stride * step));
  std::vector<std::uint8_t> pixels(std::size_t{kWidth} * kHeight);
  cv::Mat now(kHeight, kWidth, CV_8UC1, pixels.data());
  ShrinkInto(luma, now);
  bool is_cut = false;
  if (!previous_.empty()) {
    const cv::Mat before(kHeight, kWidth, CV_8UC1, previous_.data());
    const double change = cv::norm(before, now, cv::NORM_L1) / (kWidth * kHeight);
    if (change >= kMinMeanChange) {
      cv::Mat correlation;
      cv::matchTemplate(before, now, correlation, cv::TM_CCOEFF_NORMED);
      // Nothing correlates with an even picture, but matchTemplate takes one for like all others.
      const bool is_even = std::equal(pixels.begin() + 1, pixels.end(), pixels.begin());
      is_cut = is_even || !(correlation.at<float>(0, 0) > kMaxCorrelation);
    }
  }
  previous_ = std::move(pixels);
  return is_cut;
}

}  // namespace sezim
