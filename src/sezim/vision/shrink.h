// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace cv {
class Mat;
}  // namespace cv

namespace sezim {

// Scales luma down into `out`, whose size is that which is wanted, by the mean over each area. Where the sides are even
// it is halved first as long as it stays twice as large: OpenCV does that many times faster than any other factor.
// Rounding in between may make a value 1 larger.
void ShrinkInto(const cv::Mat& luma, cv::Mat& out);

}  // namespace sezim
