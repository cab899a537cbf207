// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/shot_cut.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace sezim {
namespace {

GreyView ViewOf(const cv::Mat& picture) {
  return {picture.data, picture.cols, picture.rows, static_cast<std::ptrdiff_t>(picture.step), false};
}

// A scene of soft patches, another one for each seed.
cv::Mat Scene(unsigned seed, int width = 320, int height = 180) {
  cv::Mat patches(9, 16, CV_8UC1);
  cv::RNG random(seed);
  random.fill(patches, cv::RNG::UNIFORM, 20, 220);
  cv::Mat scene;
  cv::resize(patches, scene, {width, height}, 0, 0, cv::INTER_CUBIC);
  return scene;
}

cv::Mat Even(int level) {
  return {180, 320, CV_8UC1, cv::Scalar(level)};
}

bool IsCut(const cv::Mat& before, const cv::Mat& now) {
  ShotCutDetector detector;
  EXPECT_FALSE(detector.IsCut(ViewOf(before)));
  return detector.IsCut(ViewOf(now));
}

TEST(ShotCutDetector, AnotherSceneIsACut) {
  for (unsigned seed = 1; seed < 20; ++seed) {
    EXPECT_TRUE(IsCut(Scene(seed), Scene(seed + 1))) << seed;
    EXPECT_FALSE(IsCut(Scene(seed), Scene(seed))) << seed;
  }
}

TEST(ShotCutDetector, EveryCutIsToldOnce) {
  ShotCutDetector detector;
  for (int picture = 0; picture < 40; ++picture) {
    EXPECT_EQ(detector.IsCut(ViewOf(Scene(static_cast<unsigned>(picture / 10)))), picture > 0 && picture % 10 == 0);
  }
}

TEST(ShotCutDetector, NoiseLightAndMovementAreNoCuts) {
  const cv::Mat scene = Scene(3);
  cv::Mat noise(scene.size(), CV_8UC1), noisy, flash;
  cv::RNG random(8);
  random.fill(noise, cv::RNG::UNIFORM, 0, 40);
  cv::add(scene, noise, noisy);
  EXPECT_FALSE(IsCut(scene, noisy));
  scene.convertTo(flash, CV_8U, 0.8, 45);
  EXPECT_FALSE(IsCut(scene, flash));
  const cv::Mat wide = Scene(5, 640, 360);
  EXPECT_FALSE(IsCut(wide(cv::Rect(0, 0, 320, 180)), wide(cv::Rect(4, 2, 320, 180))));  // the camera pans
}

TEST(ShotCutDetector, ADetailOfAnEvenPictureIsNoCut) {
  cv::Mat detail = Even(90);
  detail(cv::Rect(150, 80, 20, 20)) = 250;
  EXPECT_FALSE(IsCut(Even(90), detail));
  EXPECT_FALSE(IsCut(detail, Even(90)));
}

TEST(ShotCutDetector, FromAndToABlackPictureAreCuts) {
  EXPECT_TRUE(IsCut(Even(0), Scene(1)));
  EXPECT_TRUE(IsCut(Scene(1), Even(0)));
  EXPECT_TRUE(IsCut(Even(0), Even(255)));
  EXPECT_FALSE(IsCut(Even(0), Even(0)));
}

TEST(ShotCutDetector, NothingComesBeforeTheFirstPictureAndAfterReset) {
  ShotCutDetector detector;
  EXPECT_FALSE(detector.IsCut(ViewOf(Scene(1))));
  detector.Reset();
  EXPECT_FALSE(detector.IsCut(ViewOf(Scene(2))));
  EXPECT_TRUE(detector.IsCut(ViewOf(Scene(1))));
}

TEST(ShotCutDetector, TakesPicturesOfAnySize) {
  EXPECT_FALSE(IsCut(Scene(1, 1280, 720), Scene(1, 640, 360)));
  for (const auto& [width, height] : {std::pair{1, 1}, {2, 300}, {300, 1}, {31, 17}, {33, 19}}) {
    const cv::Mat some(height, width, CV_8UC1, cv::Scalar(90));
    EXPECT_FALSE(IsCut(some, some)) << width << "x" << height;
    IsCut(some, Scene(1));
  }
}

}  // namespace
}  // namespace sezim
