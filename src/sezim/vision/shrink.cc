// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/shrink.h"

#include <opencv2/imgproc.hpp>

namespace sezim {

void ShrinkInto(const cv::Mat& luma, cv::Mat& out) {
  cv::Mat picture = luma;
  while (picture.cols % 2 == 0 && picture.rows % 2 == 0 && picture.cols >= 4 * out.cols &&
         picture.rows >= 4 * out.rows) {
    cv::Mat half;
    cv::resize(picture, half, cv::Size(picture.cols / 2, picture.rows / 2), 0, 0, cv::INTER_AREA);
    picture = half;
  }
  cv::resize(picture, out, out.size(), 0, 0, cv::INTER_AREA);
}

}  // namespace sezim
