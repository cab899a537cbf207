// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/align_face.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <opencv2/imgproc.hpp>

#include "sezim/base/error.h"
#include "sezim/vision/mouth.h"

namespace sezim {
namespace {

constexpr float kHuge = 3e38F;

GreyView ViewOf(const cv::Mat& picture) {
  return {picture.data, picture.cols, picture.rows, static_cast<std::ptrdiff_t>(picture.step), false};
}

// Where `layout` wants eyes and mouth.
FacePoints Wanted(const AlignedLayout& layout) {
  const auto side = static_cast<float>(layout.side);
  const float eye_y = layout.eye_height * side;
  return {.left_eye = {(0.5F - layout.eye_distance / 2) * side, eye_y},
          .right_eye = {(0.5F + layout.eye_distance / 2) * side, eye_y},
          .nose = {side / 2, side / 2},
          .mouth = {side / 2, layout.mouth_height * side}};
}

// How a face lies in a picture: each of its points, as the layout wants them, is turned, scaled and moved.
struct Placing {
  double angle = 0;
  double scale = 1;
  double x = 0;
  double y = 0;

  Point operator()(const Point& point) const {
    return {static_cast<float>(scale * (std::cos(angle) * point.x - std::sin(angle) * point.y) + x),
            static_cast<float>(scale * (std::sin(angle) * point.x + std::cos(angle) * point.y) + y)};
  }
  FacePoints operator()(const FacePoints& face) const {
    return {(*this)(face.left_eye), (*this)(face.right_eye), (*this)(face.nose), (*this)(face.mouth)};
  }
};

// A white picture with a soft black dot at each eye and at the mouth.
cv::Mat Draw(const FacePoints& face, int width, int height, double radius) {
  cv::Mat picture(height, width, CV_8UC1, cv::Scalar(255));
  for (const Point& point : {face.left_eye, face.right_eye, face.mouth}) {
    for (int y = std::max(0, static_cast<int>(point.y - 5 * radius));
         y < std::min<double>(height, point.y + 5 * radius); ++y) {
      for (int x = std::max(0, static_cast<int>(point.x - 5 * radius));
           x < std::min<double>(width, point.x + 5 * radius); ++x) {
        const double far = std::hypot(x + 0.5 - point.x, y + 0.5 - point.y) / radius;
        picture.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(255 - std::lround(250 * std::exp(-far * far / 2)));
      }
    }
  }
  return picture;
}

// The middle of what is dark around `near`.
Point DarkSpot(const std::vector<std::uint8_t>& face, int side, const Point& near) {
  const int reach = side / 8;
  double sum = 0, sum_x = 0, sum_y = 0;
  for (int y = static_cast<int>(near.y) - reach; y <= static_cast<int>(near.y) + reach; ++y) {
    for (int x = static_cast<int>(near.x) - reach; x <= static_cast<int>(near.x) + reach; ++x) {
      const double dark = 255 - face[static_cast<std::size_t>(y * side + x)];
      sum += dark;
      sum_x += dark * (x + 0.5);
      sum_y += dark * (y + 0.5);
    }
  }
  return {static_cast<float>(sum_x / sum), static_cast<float>(sum_y / sum)};
}

void ExpectDotsWhereTheLayoutHasThem(const AlignedLayout& layout, const Placing& placing, int width, int height) {
  const FacePoints wanted = Wanted(layout);
  const FacePoints points = placing(wanted);
  const cv::Mat picture = Draw(points, width, height, 0.035 * layout.side * placing.scale);
  const std::vector<std::uint8_t> face = AlignFace(ViewOf(picture), points, layout);
  ASSERT_EQ(face.size(), static_cast<std::size_t>(layout.side * layout.side));
  for (const Point& point : {wanted.left_eye, wanted.right_eye, wanted.mouth}) {
    const Point found = DarkSpot(face, layout.side, point);
    EXPECT_NEAR(found.x, point.x, 0.2);
    EXPECT_NEAR(found.y, point.y, 0.2);
    const auto middle = static_cast<std::size_t>(static_cast<int>(point.y) * layout.side + static_cast<int>(point.x));
    EXPECT_LT(face[middle], 100);
  }
}

TEST(AlignFace, PutsEyesAndMouthWhereTheLayoutHasThem) {
  for (const AlignedLayout& layout : {AlignedLayout{}, kMouthLayout}) {
    for (const double angle : {0.0, -0.5, 0.3, 1.5, 3.1}) {
      for (const double scale : {0.5, 0.9, 1.0, 1.7, 2.3, 3.0, 4.7}) {
        SCOPED_TRACE(testing::Message() << "side " << layout.side << " angle " << angle << " scale " << scale);
        Placing placing{.angle = angle, .scale = scale};
        const Point middle = placing(Point{static_cast<float>(layout.side) / 2, static_cast<float>(layout.side) / 2});
        placing.x = 320.3 - middle.x;
        placing.y = 241.8 - middle.y;
        ExpectDotsWhereTheLayoutHasThem(layout, placing, 640, 480);
      }
    }
  }
}

TEST(AlignFace, ShrinksFarToo) {
  for (const double scale : {16.2, 31.9}) {
    ExpectDotsWhereTheLayoutHasThem({}, {.scale = scale, .x = 40.5, .y = 13.25}, 2200, 2100);
  }
}

TEST(AlignFace, PointsThatNoSimilarityReachesMissEvenly) {
  // A longer face: the eyes come too high, the mouth as much too low as both eyes together, and all in the middle.
  const AlignedLayout layout;
  FacePoints points = Wanted(layout);
  points.mouth.y += 6;
  const cv::Mat picture = Draw(points, 64, 64, 2.2);
  const std::vector<std::uint8_t> face = AlignFace(ViewOf(picture), points, layout);
  const FacePoints wanted = Wanted(layout);
  const Point left = DarkSpot(face, 64, wanted.left_eye);
  const Point right = DarkSpot(face, 64, wanted.right_eye);
  const Point mouth = DarkSpot(face, 64, wanted.mouth);
  EXPECT_NEAR(left.y, right.y, 0.1);
  EXPECT_NEAR(left.x + right.x, 64, 0.2);
  EXPECT_NEAR(mouth.x, 32, 0.1);
  EXPECT_LT(left.y, wanted.left_eye.y - 0.5);
  EXPECT_NEAR(mouth.y - wanted.mouth.y, 2 * (wanted.left_eye.y - left.y), 0.3);
}

TEST(AlignFace, FineDetailThatIsShrunkIsAveraged) {
  cv::Mat board(1300, 1300, CV_8UC1);
  for (int y = 0; y < board.rows; ++y) {
    for (int x = 0; x < board.cols; ++x) board.at<std::uint8_t>(y, x) = (x + y) % 2 == 0 ? 0 : 200;
  }
  for (const double scale : {4.0, 9.5, 18.3}) {
    const FacePoints points = Placing{.angle = 0.1, .scale = scale, .x = 120, .y = 3}(Wanted({}));
    for (const std::uint8_t pixel : AlignFace(ViewOf(board), points, {})) ASSERT_NEAR(pixel, 100, 30) << scale;
  }
}

TEST(AlignFace, WhatLiesOutsideIsFilledWithTheNearestPixels) {
  for (const double scale : {1.0, 3.0, 7.0}) {
    SCOPED_TRACE(scale);
    const FacePoints wanted = Wanted({});
    const FacePoints points = Placing{.scale = scale, .x = -20 * scale}(wanted);  // a third lies left of the picture
    const int width = static_cast<int>(60 * scale), height = static_cast<int>(40 * scale);  // the mouth is below it
    const cv::Mat picture = Draw(points, width, height, 2 * scale);
    const std::vector<std::uint8_t> face = AlignFace(ViewOf(picture), points, {});
    const Point found = DarkSpot(face, 64, wanted.right_eye);
    EXPECT_NEAR(found.x, wanted.right_eye.x, 0.4);
    EXPECT_NEAR(found.y, wanted.right_eye.y, 0.4);
    for (std::size_t y = 0; y < 64; ++y) {
      for (std::size_t x = 0; x < 18; ++x) ASSERT_EQ(face[y * 64 + x], face[y * 64 + 10]);
    }
    for (std::size_t x = 0; x < 64; ++x) ASSERT_EQ(face[63 * 64 + x], face[45 * 64 + x]);
  }
}

TEST(AlignFace, LimitedRangeBecomesFull) {
  const FacePoints points = Placing{.scale = 1.3, .x = 5, .y = 5}(Wanted({}));
  for (const auto& [limited, full] : {std::pair{0, 0}, {16, 0}, {126, 128}, {235, 255}, {255, 255}}) {
    const cv::Mat picture(100, 100, CV_8UC1, cv::Scalar(limited));
    GreyView view = ViewOf(picture);
    EXPECT_EQ(AlignFace(view, points, {})[99], limited);
    view.limited_range = true;  // (126 - 16) * 255 / 219 = 128.08
    EXPECT_EQ(AlignFace(view, points, {})[99], full);
  }
}

TEST(AlignFace, RowsMayBePaddedWithAnything) {
  const FacePoints points = Placing{.angle = 0.2, .scale = 2.6, .x = 30, .y = -4}(Wanted({}));
  const cv::Mat picture = Draw(points, 170, 150, 6);
  cv::Mat padded(picture.rows, picture.cols + 31, CV_8UC1, cv::Scalar(7));
  cv::Mat part = padded(cv::Rect(0, 0, picture.cols, picture.rows));
  picture.copyTo(part);
  EXPECT_EQ(AlignFace(ViewOf(part), points, {}), AlignFace(ViewOf(picture), points, {}));
}

TEST(AlignFace, AnEvenPictureGivesAnEvenFaceWhereverThePointsLie) {
  const FacePoints face{{20, 20}, {40, 21}, {31, 30}, {30, 45}};
  std::vector<Placing> placings;
  for (const double far : {0.0, -300.0, 1e4, -1e6, 3e9, -1e20, 1e37}) {
    for (const double scale : {1e-6, 0.01, 1.0, 5.5, 60.0, 1e3, 1e6, 1e10, 1e30}) {
      placings.push_back({.angle = 0.7, .scale = scale, .x = far, .y = -far / 3});
    }
  }
  for (const auto& [width, height] : {std::pair{64, 48}, {1, 1}, {3000, 2}}) {
    const cv::Mat even(height, width, CV_8UC1, cv::Scalar(123));
    for (const Placing& placing : placings) {
      const FacePoints points = placing(face);
      if (points.left_eye == points.right_eye && points.left_eye == points.mouth) continue;  // floats have no room
      const std::vector<std::uint8_t> aligned = AlignFace(ViewOf(even), points, {});
      ASSERT_TRUE(std::all_of(aligned.begin(), aligned.end(), [](std::uint8_t pixel) { return pixel == 123; }))
          << placing.scale << " at " << placing.x;
    }
    AlignFace(ViewOf(even), {{-kHuge, 0}, {kHuge, 1}, {}, {0, kHuge}}, {});
    AlignFace(ViewOf(even), {{kHuge, kHuge}, {-kHuge, 0}, {}, {kHuge, -kHuge}}, {});
  }
}

TEST(AlignFace, RefusesPointsThatTellNoPlace) {
  const cv::Mat picture(48, 64, CV_8UC1, cv::Scalar(1));
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const FacePoints& points :
       {FacePoints{{5, 5}, {5, 5}, {9, 9}, {5, 5}}, FacePoints{{kNan, 5}, {9, 5}, {}, {7, 9}},
        FacePoints{{5, 5}, {9, 5}, {}, {7, kNan}}, FacePoints{{5, 5}, {kInfinity, 5}, {}, {7, 9}}}) {
    EXPECT_THROW(AlignFace(ViewOf(picture), points, {}), ContractViolation);
  }
}

}  // namespace
}  // namespace sezim
