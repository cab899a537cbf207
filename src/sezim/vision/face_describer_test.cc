// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/face_describer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>

#include "sezim/base/error.h"
#include "sezim/base/paths.h"
#include "sezim/infer/model_store.h"
#include "sezim/media/picture.h"
#include "sezim/vision/align_face.h"
#include "sezim/vision/face_network.h"
#include "support/thrown.h"

namespace sezim {
namespace {

std::shared_ptr<const OnnxSession> Network(const std::string& name) {
  return std::make_shared<OnnxSession>(ModelStore().Load(name));
}

GreyView ViewOf(const cv::Mat& picture) {
  return {picture.data, picture.cols, picture.rows, static_cast<std::ptrdiff_t>(picture.step), false};
}

// The largest face of a picture that ships, as the follower of faces shows it: 96 x 96, eyes level.
cv::Mat Face(const char* file, double scale = 1, double angle_deg = 0) {
  const GreyImage read = ReadPicture(DependencyFolder() / "demo-pictures" / file);
  const cv::Mat whole(read.height, read.width, CV_8UC1, const_cast<std::uint8_t*>(read.pixels.data()));
  cv::Mat picture;
  const cv::Mat turn = cv::getRotationMatrix2D(
      {0.5F * static_cast<float>(whole.cols), 0.5F * static_cast<float>(whole.rows)}, angle_deg, scale);
  cv::warpAffine(whole, picture, turn, whole.size(), cv::INTER_AREA, cv::BORDER_REPLICATE);
  const auto detector = MakeFaceDetector(Network("blazeface-back"), {});
  std::vector<DetectedFace> faces = detector->Detect(ViewOf(picture));
  Check(!faces.empty(), "a face in the picture");
  const auto largest = std::max_element(faces.begin(), faces.end(),
                                        [](const auto& a, const auto& b) { return a.box.width < b.box.width; });
  const AlignedLayout layout{.side = 96, .eye_distance = 0.28F, .eye_height = 0.4F, .mouth_height = 0.71F};
  const std::vector<std::uint8_t> pixels = AlignFace(ViewOf(picture), largest->points.value(), layout);
  return cv::Mat(96, 96, CV_8UC1, const_cast<std::uint8_t*>(pixels.data())).clone();
}

double Cosine(const std::vector<float>& a, const std::vector<float>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

TEST(FaceDescriber, KnowsAFaceAgain) {
  const FaceDescriber describer(Network("face-description"));
  const std::vector<float> face = describer.Describe(ViewOf(Face("astronaut.png")));
  ASSERT_EQ(face.size(), 1024U);
  EXPECT_NEAR(Cosine(face, face), 1, 1e-5);
  EXPECT_GT(Cosine(face, describer.Describe(ViewOf(Face("astronaut.png", 0.6, 15)))), 0.8);
  cv::Mat mirrored, blurred, noise(96, 96, CV_8UC1);
  cv::flip(Face("astronaut.png"), mirrored, 1);
  EXPECT_GT(Cosine(face, describer.Describe(ViewOf(mirrored))), 0.7);
  cv::GaussianBlur(mirrored, blurred, {}, 1.5);
  EXPECT_GT(Cosine(face, describer.Describe(ViewOf(blurred))), 0.57);
  cv::randu(noise, 0, 255);
  EXPECT_LT(Cosine(face, describer.Describe(ViewOf(noise))), 0.5);
}

TEST(FaceDescriber, RefusesOtherNetworks) {
  EXPECT_EQ(ThrownBy([] { FaceDescriber(Network("ge2e")); }).kind(), ErrorKind::kModel);
}

}  // namespace
}  // namespace sezim
