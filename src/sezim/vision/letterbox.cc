// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/letterbox.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "sezim/vision/shrink.h"

namespace sezim {

Point Letterbox::ToPicture(const Point& in_input) const {
  return {(in_input.x - static_cast<float>(left)) / static_cast<float>(scale),
          (in_input.y - static_cast<float>(top)) / static_cast<float>(scale)};
}

Letterbox FitInto(const GreyView& picture, int input_width, int input_height) {
  Letterbox box;
  box.scale = std::min(static_cast<double>(input_width) / picture.width,  //
                       static_cast<double>(input_height) / picture.height);
  box.width = std::clamp(static_cast<int>(std::lround(picture.width * box.scale)), 1, input_width);
  box.height = std::clamp(static_cast<int>(std::lround(picture.height * box.scale)), 1, input_height);
  box.left = (input_width - box.width) / 2;
  box.top = (input_height - box.height) / 2;
  box.pixels.resize(static_cast<std::size_t>(box.width) * static_cast<std::size_t>(box.height));
  const cv::Mat luma(picture.height, picture.width, CV_8UC1, const_cast<std::uint8_t*>(picture.data),
                     static_cast<std::size_t>(picture.stride));
  cv::Mat scaled(box.height, box.width, CV_8UC1, box.pixels.data());
  if (box.scale < 1) {
    ShrinkInto(luma, scaled);
  } else {
    cv::resize(luma, scaled, scaled.size(), 0, 0, cv::INTER_LINEAR);
  }
  return box;
}

}  // namespace sezim
