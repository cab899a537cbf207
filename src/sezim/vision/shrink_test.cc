// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/shrink.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <opencv2/core.hpp>
#include <tuple>
#include <vector>

#include "sezim/vision/luma_range.h"

namespace sezim {
namespace {

// A picture whose brightness rises to the right and down, with a little noise.
cv::Mat Slope(int width, int height) {
  cv::Mat luma(height, width, CV_8UC1);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      luma.at<std::uint8_t>(y, x) =
          static_cast<std::uint8_t>(150 * x / width + 60 * y / height + (x * 7 + y * 13) % 29);
    }
  }
  return luma;
}

double MeanOf(const cv::Mat& luma, int x0, int x1, int y0, int y1) {
  double sum = 0;
  for (int y = y0; y < y1; ++y) {
    for (int x = x0; x < x1; ++x) sum += luma.at<std::uint8_t>(y, x);
  }
  return sum / ((x1 - x0) * (y1 - y0));
}

TEST(ShrinkInto, GivesTheMeanOfEachArea) {
  // By 20 (16 by halving), by 3 (no halving, the sides are odd), by 64 and 48, and by nothing.
  for (const auto& [width, height, to_width, to_height] :
       {std::tuple{640, 360, 32, 18}, {135, 99, 45, 33}, {2048, 864, 32, 18}, {32, 18, 32, 18}}) {
    const cv::Mat luma = Slope(width, height);
    cv::Mat out(to_height, to_width, CV_8UC1);
    ShrinkInto(luma, out);
    ASSERT_EQ(out.cols, to_width);
    ASSERT_EQ(out.rows, to_height);
    const int by_x = width / to_width, by_y = height / to_height;
    for (int y = 0; y < to_height; ++y) {
      for (int x = 0; x < to_width; ++x) {
        const double mean = MeanOf(luma, x * by_x, (x + 1) * by_x, y * by_y, (y + 1) * by_y);
        ASSERT_NEAR(out.at<std::uint8_t>(y, x), mean, 1.6) << width << ": " << x << ", " << y;
      }
    }
  }
}

TEST(ShrinkInto, WritesWhereItIsTold) {
  std::vector<std::uint8_t> pixels(32 * 18);
  cv::Mat out(18, 32, CV_8UC1, pixels.data());
  ShrinkInto(cv::Mat(720, 1280, CV_8UC1, cv::Scalar(77)), out);
  EXPECT_EQ(out.data, pixels.data());
  for (const std::uint8_t pixel : pixels) ASSERT_EQ(pixel, 77);
}

TEST(FullRange, RoundsWhatTheStandardSays) {
  for (int limited = 0; limited < 256; ++limited) {
    const double exact = (limited - 16) * 255.0 / 219.0;  // ITU-R BT.601
    EXPECT_EQ(FullRange(static_cast<std::uint8_t>(limited)), std::lround(std::min(255.0, std::max(0.0, exact))));
  }
}

}  // namespace
}  // namespace sezim
