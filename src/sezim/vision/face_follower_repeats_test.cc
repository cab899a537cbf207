// SPDX-License-Identifier: Apache-2.0
// FaceFollower over pictures that are shown for longer than one of its clock.
#include <gmock/gmock.h>

#include <algorithm>

#include "sezim/vision/active_speaker.h"
#include "support/scripted_faces.h"

namespace sezim {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

// Each picture of the source is shown for two of the clock, from the odd one on. Where it is shown again something else
// is handed over in its place, if `spoil`.
FollowedFace FollowRepeats(bool spoil, KeepMouths keep_mouths = KeepMouths::kNo) {
  ScriptedDetector detector(OneFace);
  FaceFollower follower(detector, detector, keep_mouths);
  for (std::int64_t number = 3; number < 23; ++number) {
    const bool again = number % 2 == 0;
    cv::Mat picture = Picture(again ? number - 1 : number);
    if (spoil && again && number % kPicturesPerLook != 0) picture.setTo(0);
    follower.Accept(number, ViewOf(picture), again ? 0.04 : 0.0);
  }
  follower.Break();
  const auto faces = follower.TakeEnded();
  EXPECT_THAT(faces, SizeIs(1));
  EXPECT_THAT(detector.asked(),
              ElementsAre(3, 7, 15, 21));  // the last one is 21 again, and the picture kept is that one
  return faces.at(0);
}

TEST(FaceFollower, APictureThatIsShownForLongIsMeasuredOnce) {
  const FollowedFace face = FollowRepeats(false);
  EXPECT_EQ(SpansOf({face}), (std::vector<std::pair<std::int64_t, std::int64_t>>{{3, 23}}));
  for (std::size_t i = 1; i < face.track.mouth.size(); i += 2) {
    const MouthMeasure& first = face.track.mouth[i - 1];
    EXPECT_EQ(face.track.mouth[i], (MouthMeasure{.openness = first.openness, .age_s = 0.04F})) << i;
    EXPECT_EQ(first.age_s, 0);
    EXPECT_EQ(first.mouth_motion > 0, i > 1) << i;
  }
  EXPECT_EQ(FollowRepeats(true).track, face.track);  // it is not even looked at again
}

TEST(FaceFollower, TellsHowMuchTheFaceDiffersFromThePictureBefore) {
  Following following([](std::int64_t) { return Faces{FaceAt(300, 150)}; });
  int level = 100;
  std::vector<float> wanted;
  for (std::int64_t number = 3; number < 23; ++number) {
    const bool again = number % 3 == 1;
    const int step = again || number == 3 ? 0 : static_cast<int>(number % 5);
    level += number % 2 == 0 ? step : -step;
    cv::Mat picture(kHeight, kWidth, CV_8UC1, cv::Scalar(level));
    picture.colRange(0, 100).setTo(number % 2 == 0 ? 90 : 96);  // far from the face
    following.follower.Accept(number, ViewOf(picture), again ? 0.04 : 0.0);
    wanted.push_back(static_cast<float>(step));
  }
  const auto faces = following.End();
  ASSERT_THAT(faces, SizeIs(1));
  std::vector<float> changes;
  for (const MouthMeasure& mouth : faces[0].track.mouth) changes.push_back(mouth.change);
  wanted.resize(changes.size());
  EXPECT_GE(changes.size(), 17U);
  EXPECT_THAT(changes, testing::ElementsAreArray(wanted));
}

TEST(FaceFollower, HandsOverTheMouthOfAPictureAsOftenAsItIsShown) {
  constexpr auto kPixels = std::ptrdiff_t{kSpeakerLayout.side} * kSpeakerLayout.side;
  const FollowedFace face = FollowRepeats(true, KeepMouths::kYes);
  ASSERT_THAT(face.mouths, SizeIs(20 * kPixels));
  for (int i = 0; i < 20; i += 2) {
    const auto first = face.mouths.begin() + i * kPixels;
    EXPECT_TRUE(std::equal(first, first + kPixels, first + kPixels)) << i;
  }
}

TEST(FaceFollower, AStillPictureIsFollowedToItsLastLook) {
  Following following([](std::int64_t) { return Faces{FaceAt(300, 150)}; });
  const cv::Mat picture = Picture(3);
  for (int i = 0; i < 20; ++i) following.follower.Accept(3 + i, ViewOf(picture), 0.04 * i);
  const auto faces = following.End();
  EXPECT_THAT(SpansOf(faces), ElementsAre(std::pair(3, 17)));  // of the rest no image was kept
  for (const MouthMeasure& mouth : faces[0].track.mouth) EXPECT_EQ(mouth.mouth_motion, 0);
}

}  // namespace
}  // namespace sezim
