// SPDX-License-Identifier: Apache-2.0
// FaceFollower with LookNear::kYes, over pictures in which faces are bright squares.
#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <map>
#include <opencv2/imgproc.hpp>

#include "sezim/vision/face_follower.h"

namespace sezim {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::SizeIs;

constexpr int kWidth = 640;
constexpr int kHeight = 360;

// Where each face is, by its brightness.
using Scene = std::map<int, cv::Rect>;

// Finds the squares of the brightnesses 200 to 209, in any part of a picture.
class SquareDetector : public FaceDetector {
 public:
  std::vector<DetectedFace> Detect(const GreyView& picture) override {
    widths_.push_back(picture.width);
    std::vector<DetectedFace> faces;
    for (int level = 200; level < 210; ++level) {
      int left = picture.width, right = -1, top = picture.height, bottom = -1;
      for (int y = 0; y < picture.height; ++y) {
        for (int x = 0; x < picture.width; ++x) {
          if (picture.data[y * picture.stride + x] != level) continue;
          left = std::min(left, x), right = std::max(right, x), top = std::min(top, y), bottom = std::max(bottom, y);
        }
      }
      if (right < left) continue;
      const FaceBox box{left, top, right - left + 1, bottom - top + 1};
      const auto at = [&](double x, double y) {
        return Point{static_cast<float>(box.x + x * box.width), static_cast<float>(box.y + y * box.height)};
      };
      faces.push_back({.box = box, .points = FacePoints{at(0.3, 0.3), at(0.7, 0.3), at(0.5, 0.5), at(0.5, 0.8)}});
    }
    return faces;
  }

  // Of the pictures, and parts of them, that it was asked about since the last call.
  std::vector<int> TakeWidths() { return std::exchange(widths_, {}); }

 private:
  std::vector<int> widths_;
};

class LookNearTest : public testing::Test {
 protected:
  void Show(std::int64_t number, const Scene& scene) {
    cv::Mat picture(kHeight, kWidth, CV_8UC1, cv::Scalar(90));
    for (const auto& [level, where] : scene) picture(where).setTo(cv::Scalar(level));
    follower_.Accept(number, {picture.data, kWidth, kHeight, static_cast<std::ptrdiff_t>(picture.step)});
  }
  std::vector<FollowedFace> End() {
    follower_.Break();
    return follower_.TakeEnded();
  }

  SquareDetector detector_;
  SquareDetector fallback_;
  FaceFollower follower_{detector_, fallback_, KeepMouths::kNo, LookNear::kYes};
};

TEST_F(LookNearTest, ASmallFaceIsLookedForWhereItWasAndEverywhereOnceASecond) {
  for (int i = 0; i < 51; ++i) Show(i, {{200, {100 + 3 * i, 120, 80, 80}}});
  EXPECT_THAT(detector_.TakeWidths(), ElementsAre(640, 160, 160, 160, 640, 160, 160));
  EXPECT_THAT(fallback_.TakeWidths(), testing::IsEmpty());
  const std::vector<FollowedFace> faces = End();
  ASSERT_THAT(faces, SizeIs(1));
  ASSERT_THAT(faces[0].track.looks, SizeIs(8));
  for (const FaceLook& look : faces[0].track.looks) {
    EXPECT_EQ(look.box, (FaceBox{100 + 3 * static_cast<int>(look.picture), 120, 80, 80})) << look.picture;
  }
}

TEST_F(LookNearTest, ALargeFaceIsLookedForEverywhere) {
  for (int i = 0; i < 26; ++i) Show(i, {{200, {100, 50, 214, 214}}});
  EXPECT_THAT(detector_.TakeWidths(), ElementsAre(640, 640, 640, 640));
}

TEST_F(LookNearTest, AFaceThatIsLostIsLookedForEverywhereAtOnce) {
  for (int i = 0; i < 9; ++i) Show(i, {{200, {100, 120, 80, 80}}});
  detector_.TakeWidths();
  for (int i = 9; i < 17; ++i) Show(i, {{200, {400, 120, 80, 80}}});  // it jumped
  EXPECT_THAT(detector_.TakeWidths(), ElementsAre(160, 640));
  EXPECT_THAT(fallback_.TakeWidths(), ElementsAre(640));
  EXPECT_THAT(End(), SizeIs(2));
}

TEST_F(LookNearTest, AFaceThatComesInIsSeenWithinASecond) {
  for (int i = 0; i < 41; ++i) {
    Scene scene = {{200, {100, 120, 80, 80}}};
    if (i >= 7) scene[201] = {400, 120, 60, 60};
    Show(i, scene);
  }
  const std::vector<FollowedFace> faces = End();
  ASSERT_THAT(faces, SizeIs(2));
  EXPECT_EQ(faces[0].track.first_picture, 0);
  EXPECT_EQ(faces[1].track.first_picture, 32);
  EXPECT_THAT(detector_.TakeWidths(), ElementsAre(640, 160, 160, 160, 640, 160, 120));
}

TEST_F(LookNearTest, FacesThatMeetAreToldApartInTheWholePicture) {
  for (int i = 0; i < 9; ++i) Show(i, {{200, {100, 120, 80, 80}}, {201, {200, 120, 80, 80}}});
  detector_.TakeWidths();
  // The second one covers most of the first.
  for (int i = 9; i < 17; ++i) Show(i, {{200, {120, 120, 80, 80}}, {201, {140, 120, 80, 80}}});
  EXPECT_EQ(detector_.TakeWidths().back(), 640);
}

}  // namespace
}  // namespace sezim
