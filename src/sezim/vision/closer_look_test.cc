// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/closer_look.h"

#include <gmock/gmock.h>

#include <cmath>
#include <functional>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "sezim/base/paths.h"
#include "sezim/media/picture.h"
#include "sezim/vision/blaze_face.h"

namespace sezim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kWidth = 640;
constexpr int kHeight = 360;

// Says what it is told, and remembers how large the pictures were that it saw.
class ScriptedDetector : public FaceDetector {
 public:
  using Script = std::function<std::vector<DetectedFace>(const GreyView& picture)>;

  explicit ScriptedDetector(Script script) : script_(std::move(script)) {}

  std::vector<DetectedFace> Detect(const GreyView& picture) override {
    seen_.emplace_back(picture.width, picture.height);
    return script_(picture);
  }

  const std::vector<std::pair<int, int>>& seen() const { return seen_; }

 private:
  Script script_;
  std::vector<std::pair<int, int>> seen_;
};

DetectedFace Face(const FaceBox& box, float score = 0.8F) {
  const auto at = [&](float x, float y) {
    return Point{static_cast<float>(box.x) + x * static_cast<float>(box.width),
                 static_cast<float>(box.y) + y * static_cast<float>(box.height)};
  };
  return {
      .box = box, .score = score, .points = FacePoints{at(0.3F, 0.3F), at(0.7F, 0.3F), at(0.5F, 0.5F), at(0.5F, 0.8F)}};
}

std::vector<DetectedFace> Look(FaceDetector& detector, FaceDetector& closer) {
  const std::vector<std::uint8_t> pixels(std::size_t{kWidth} * kHeight, 100);
  return CloserLook(detector, closer).Detect({pixels.data(), kWidth, kHeight, kWidth});
}

TEST(CloserLook, TakesBoxAndPointsFromThePartAroundASmallFace) {
  ScriptedDetector detector([](const GreyView&) { return std::vector{Face({300, 200, 60, 60})}; });
  // The part is 120 wide and begins at (270, 170): the same face, but three pixels to the right.
  ScriptedDetector closer([](const GreyView&) {
    return std::vector{Face({33, 30, 60, 60}, 0.6F), Face({0, 0, 50, 50})};
  });
  const std::vector<DetectedFace> faces = Look(detector, closer);
  ASSERT_EQ(faces.size(), 1U);
  const DetectedFace wanted = Face({303, 200, 60, 60});
  EXPECT_EQ(faces[0].box, wanted.box);
  EXPECT_EQ(faces[0].points, wanted.points);
  EXPECT_EQ(faces[0].score, 0.8F);
  EXPECT_THAT(closer.seen(), ElementsAre(std::pair(120, 120)));
}

TEST(CloserLook, LeavesLargeFacesAndThoseThatAreNotSeenAgain) {
  const std::vector<DetectedFace> large = {Face({100, 50, 214, 214})};
  ScriptedDetector detector([&](const GreyView&) { return large; });
  ScriptedDetector nobody([](const GreyView&) { return std::vector<DetectedFace>(); });
  EXPECT_EQ(Look(detector, nobody)[0].box, large[0].box);
  EXPECT_THAT(nobody.seen(), IsEmpty());

  const std::vector<DetectedFace> small = {Face({100, 50, 213, 213})};
  ScriptedDetector detector_of_small([&](const GreyView&) { return small; });
  EXPECT_EQ(Look(detector_of_small, nobody)[0].points, small[0].points);
  EXPECT_EQ(nobody.seen().size(), 1U);
  ScriptedDetector pointless([](const GreyView&) { return std::vector{DetectedFace{.box = {100, 50, 213, 213}}}; });
  EXPECT_EQ(Look(detector_of_small, pointless)[0].points, small[0].points);
  ScriptedDetector another([](const GreyView&) { return std::vector{Face({0, 0, 60, 60})}; });
  EXPECT_EQ(Look(detector_of_small, another)[0].box, small[0].box);
}

TEST(CloserLook, KeepsToThePicture) {
  std::vector<DetectedFace> corners;
  for (const int x : {0, kWidth - 30}) {
    for (const int y : {0, kHeight - 30}) corners.push_back(Face({x, y, 30, 30}));
  }
  corners.push_back(Face({0, 0, 100, 360}));  // its part is as high as the picture
  ScriptedDetector detector([&](const GreyView&) { return corners; });
  ScriptedDetector closer([](const GreyView& part) {
    EXPECT_GT(part.width, 0);
    EXPECT_LE(part.width, kWidth);
    EXPECT_LE(part.height, kHeight);
    int sum = 0;  // every pixel can be read
    for (int y = 0; y < part.height; ++y) {
      for (int x = 0; x < part.width; ++x) sum += part.data[y * part.stride + x];
    }
    EXPECT_EQ(sum, 100 * part.width * part.height);
    return std::vector<DetectedFace>();
  });
  EXPECT_EQ(Look(detector, closer).size(), 5U);
  EXPECT_EQ(closer.seen().size(), 5U);
}

TEST(CloserLook, LooksAtEightFacesOfACrowd) {
  std::vector<DetectedFace> crowd;
  for (int i = 0; i < 1000; ++i) crowd.push_back(Face({i % 600, i % 300, 20 + i % 7, 20 + i % 7}));
  ScriptedDetector detector([&](const GreyView&) { return crowd; });
  ScriptedDetector closer([](const GreyView& part) {
    EXPECT_EQ(part.width, 2 * 26);
    return std::vector<DetectedFace>();
  });
  EXPECT_EQ(Look(detector, closer).size(), crowd.size());
  EXPECT_EQ(closer.seen().size(), 8U);
}

// How far the numbers lie from their mean, by root mean square.
double Spread(const std::vector<double>& numbers) {
  double sum = 0, squares = 0;
  for (const double number : numbers) sum += number;
  const double mean = sum / static_cast<double>(numbers.size());
  for (const double number : numbers) squares += (number - mean) * (number - mean);
  return std::sqrt(squares / static_cast<double>(numbers.size()));
}

// A real face, 70 pixels wide in a picture of 640, moved by a third of a pixel at a time: its points move with it.
TEST(CloserLook, PlacesTheEyesOfSmallFacesMoreSteadily) {
  constexpr double kScale = 0.7;
  GreyImage image = ReadPicture(DependencyFolder() / "demo-pictures" / "astronaut.png");
  const cv::Mat astronaut(image.height, image.width, CV_8UC1, image.pixels.data());
  const auto network = [](const char* name) { return std::make_shared<OnnxSession>(ModelStore().Load(name)); };
  BlazeFaceDetector detector(network("blazeface-back"), FaceNetworkOptions{});
  BlazeFaceDetector closer(network("blazeface-short"), FaceNetworkOptions{});
  CloserLook look(detector, closer);
  std::vector<double> at_once_x, at_once_y, looked_at_x, looked_at_y;
  for (int step = 0; step < 24; ++step) {
    const double x = 100 + step / 3.0, y = step / 4.0 - 3;
    cv::Mat picture;
    cv::warpAffine(astronaut, picture, cv::Matx23d(kScale, 0, x, 0, kScale, y), {kWidth, kHeight}, cv::INTER_LINEAR,
                   cv::BORDER_CONSTANT, cv::Scalar(90));
    const GreyView view{picture.data, kWidth, kHeight, static_cast<std::ptrdiff_t>(picture.step)};
    const std::vector<DetectedFace> at_once = detector.Detect(view), looked_at = look.Detect(view);
    ASSERT_EQ(at_once.size(), looked_at.size());
    if (at_once.size() != 1) continue;
    at_once_x.push_back(at_once[0].points->left_eye.x - x);
    at_once_y.push_back(at_once[0].points->left_eye.y - y);
    looked_at_x.push_back(looked_at[0].points->left_eye.x - x);
    looked_at_y.push_back(looked_at[0].points->left_eye.y - y);
  }
  ASSERT_GE(at_once_x.size(), 15U);
  EXPECT_LT(Spread(looked_at_x), 0.7 * Spread(at_once_x)) << Spread(at_once_x);
  EXPECT_LT(Spread(looked_at_y), 0.7 * Spread(at_once_y)) << Spread(at_once_y);
}

}  // namespace
}  // namespace sezim
