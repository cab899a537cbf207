// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/face_track.h"

#include <gmock/gmock.h>

#include <cmath>
#include <opencv2/imgproc.hpp>
#include <random>
#include <set>

#include "sezim/base/error.h"

namespace sezim {
namespace {

using testing::ElementsAre;
using testing::Optional;

constexpr auto kNone = std::nullopt;

TEST(MatchFaces, PairsWhatOverlapsWhateverTheOrder) {
  const std::vector<FaceBox> before = {{0, 0, 100, 100}, {300, 0, 100, 100}, {600, 0, 100, 100}};
  const std::vector<FaceBox> now = {{610, 5, 100, 100}, {900, 0, 100, 100}, {5, 5, 90, 90}};
  EXPECT_THAT(MatchFaces(before, now), ElementsAre(Optional(2U), kNone, Optional(0U)));
  EXPECT_THAT(MatchFaces({}, now), ElementsAre(kNone, kNone, kNone));
  EXPECT_THAT(MatchFaces(before, {}), ElementsAre());
}

TEST(MatchFaces, ThreeTenthsOfOverlapAreEnoughAndLessIsNot) {
  const std::vector<FaceBox> before = {{0, 0, 130, 10}};
  const auto shifted = [](int x) { return std::vector<FaceBox>{{x, 0, 130, 10}}; };
  EXPECT_THAT(MatchFaces(before, shifted(70)), ElementsAre(Optional(0U)));  // 60 / 200
  EXPECT_THAT(MatchFaces(before, shifted(71)), ElementsAre(kNone));         // 59 / 201
}

TEST(MatchFaces, TheLargerOverlapChoosesFirst) {
  // Both faces are over the one that was there; the nearer one is it. The other does not get what is left over.
  EXPECT_THAT(MatchFaces(std::vector<FaceBox>{{0, 0, 100, 100}},
                         std::vector<FaceBox>{{30, 0, 100, 100}, {10, 0, 100, 100}, {20, 0, 100, 100}}),
              ElementsAre(kNone, Optional(0U), kNone));
  // Two were there: each of two gets the nearer one, although the first of them lies over both.
  EXPECT_THAT(MatchFaces(std::vector<FaceBox>{{0, 0, 100, 100}, {40, 0, 100, 100}},
                         std::vector<FaceBox>{{25, 0, 100, 100}, {5, 0, 100, 100}}),
              ElementsAre(Optional(1U), Optional(0U)));
}

TEST(MatchFaces, EachFaceIsInOnePairAndNobodyWouldRatherHaveAnother) {
  std::mt19937 random(4);
  const auto faces = [&] {
    std::vector<FaceBox> boxes(random() % 12);
    for (FaceBox& box : boxes) {
      box = {static_cast<int>(random() % 100), static_cast<int>(random() % 60), 30 + static_cast<int>(random() % 40),
             30 + static_cast<int>(random() % 40)};
    }
    return boxes;
  };
  for (int round = 0; round < 300; ++round) {
    const std::vector<FaceBox> before = faces();
    const std::vector<FaceBox> now = faces();
    const auto match = MatchFaces(before, now);
    ASSERT_EQ(match.size(), now.size());
    std::vector<double> overlap_before(before.size(), 0);
    std::vector<double> overlap_now(now.size(), 0);
    std::set<std::size_t> taken;
    for (std::size_t k = 0; k < now.size(); ++k) {
      if (!match[k]) continue;
      EXPECT_TRUE(taken.insert(*match[k]).second);
      overlap_now[k] = overlap_before.at(*match[k]) = IntersectionOverUnion(before[*match[k]], now[k]);
      EXPECT_GE(overlap_now[k], 0.3);
    }
    for (std::size_t i = 0; i < before.size(); ++i) {
      for (std::size_t k = 0; k < now.size(); ++k) {
        const double overlap = IntersectionOverUnion(before[i], now[k]);
        EXPECT_TRUE(overlap < 0.3 || overlap <= std::max(overlap_before[i], overlap_now[k]));
      }
    }
  }
}

TEST(TurnOf, IsTheNosesWayFromTheMiddleOfTheEyesInEyeDistances) {
  EXPECT_FLOAT_EQ(TurnOf({{10, 10}, {30, 10}, {20, 22}, {20, 35}}), 0);
  EXPECT_FLOAT_EQ(TurnOf({{10, 10}, {30, 10}, {26, 22}, {20, 35}}), 0.3F);
  EXPECT_FLOAT_EQ(TurnOf({{10, 10}, {30, 10}, {14, 22}, {20, 35}}), -0.3F);
}

TEST(TurnOf, SizePlaceAndTiltDoNotMatter) {
  const FacePoints face{{10, 10}, {30, 10}, {25, 21}, {20, 35}};
  const float turn = TurnOf(face);
  for (const double angle : {-2.0, -0.4, 0.3, 1.0, 3.1}) {
    const auto moved = [&](const Point& point) {
      return Point{static_cast<float>(300 + 2.5 * (std::cos(angle) * point.x - std::sin(angle) * point.y)),
                   static_cast<float>(-40 + 2.5 * (std::sin(angle) * point.x + std::cos(angle) * point.y))};
    };
    EXPECT_NEAR(TurnOf({moved(face.left_eye), moved(face.right_eye), moved(face.nose), moved(face.mouth)}), turn, 1e-4);
  }
}

TEST(TurnOf, EyesInOnePlaceAreNotTurned) {
  EXPECT_EQ(TurnOf({{10, 10}, {10, 10}, {25, 21}, {20, 35}}), 0);
}

// Coarse and fine detail.
cv::Mat Texture(int side) {
  cv::Mat coarse(6, 6, CV_8UC1), fine(side, side, CV_8UC1), texture;
  cv::RNG random(5);
  random.fill(coarse, cv::RNG::UNIFORM, 60, 160);
  random.fill(fine, cv::RNG::UNIFORM, 0, 60);
  cv::resize(coarse, texture, fine.size(), 0, 0, cv::INTER_CUBIC);
  return texture + fine;
}

float SharpnessOf(const cv::Mat& face) {
  return Sharpness({face.data, face.total()}, face.rows);
}

TEST(Sharpness, FallsTheMoreAFaceIsBlurred) {
  const cv::Mat sharp = Texture(64);
  float before = SharpnessOf(sharp);
  for (const double sigma : {0.7, 1.2, 2.0}) {
    cv::Mat blurred;
    cv::GaussianBlur(sharp, blurred, {}, sigma);
    const float now = SharpnessOf(blurred);
    EXPECT_LT(now, 0.8F * before) << sigma;
    EXPECT_GT(now, 0);
    before = now;
  }
}

TEST(Sharpness, BrightnessAndContrastDoNotCount) {
  cv::Mat face;
  cv::GaussianBlur(Texture(64), face, {}, 0.5);
  cv::Mat dim, dark;
  face.convertTo(dim, CV_8U, 0.5, 20);
  face.convertTo(dark, CV_8U, 1, -50);
  EXPECT_NEAR(SharpnessOf(dim), SharpnessOf(face), 0.05 * SharpnessOf(face));
  EXPECT_NEAR(SharpnessOf(dark), SharpnessOf(face), 1e-3);
}

TEST(Sharpness, AnEvenFaceHasNone) {
  EXPECT_EQ(SharpnessOf(cv::Mat(64, 64, CV_8UC1, cv::Scalar(90))), 0);
}

TEST(Sharpness, RequiresASquare) {
  const std::vector<std::uint8_t> pixels(64 * 63);
  EXPECT_THROW(Sharpness(pixels, 64), ContractViolation);
}

}  // namespace
}  // namespace sezim
