// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/face_follower.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <opencv2/imgproc.hpp>
#include <random>
#include <tuple>

#include "sezim/base/error.h"
#include "sezim/vision/active_speaker.h"
#include "sezim/vision/align_face.h"
#include "support/scripted_faces.h"

namespace sezim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(FaceFollower, HandsOverEveryMouthIfAsked) {
  constexpr std::size_t kPixels = std::size_t{kSpeakerLayout.side} * kSpeakerLayout.side;
  ScriptedDetector detector([](std::int64_t picture) { return Faces{FaceAt(300 + static_cast<float>(picture), 150)}; });
  for (const KeepMouths keep : {KeepMouths::kNo, KeepMouths::kYes}) {
    FaceFollower follower(detector, detector, keep);
    for (std::int64_t number = 0; number < 13; ++number) {
      const cv::Mat picture = Picture(number);
      follower.Accept(number, ViewOf(picture));
    }
    follower.Break();
    const std::vector<FollowedFace> faces = follower.TakeEnded();
    ASSERT_THAT(faces, SizeIs(1));
    ASSERT_THAT(faces[0].track.mouth, SizeIs(13));
    if (keep == KeepMouths::kNo) {
      EXPECT_THAT(faces[0].mouths, IsEmpty());
      continue;
    }
    ASSERT_THAT(faces[0].mouths, SizeIs(13 * kPixels));
    for (const std::int64_t number : {0, 8, 10}) {  // detected, detected, between two detections
      const cv::Mat picture = Picture(number);
      const FacePoints points = *FaceAt(300 + static_cast<float>(number), 150).points;
      const std::vector<std::uint8_t> expected = AlignFace(ViewOf(picture), points, kSpeakerLayout);
      const auto first = faces[0].mouths.begin() + number * static_cast<std::ptrdiff_t>(kPixels);
      EXPECT_TRUE(std::equal(expected.begin(), expected.end(), first)) << number;
    }
  }
}

Numbers LooksOf(const FaceTrack& track) {
  Numbers pictures;
  for (const FaceLook& look : track.looks) pictures.push_back(look.picture);
  return pictures;
}

std::vector<FaceTrack> TracksOf(const std::vector<FollowedFace>& faces) {
  std::vector<FaceTrack> tracks;
  for (const FollowedFace& face : faces) tracks.push_back(face.track);
  return tracks;
}

TEST(FaceFollower, LooksAtFixedPicturesAndAtBothEndsOfAShot) {
  Following following(OneFace);
  following.Feed(3, 26);
  EXPECT_THAT(following.follower.TakeEnded(), IsEmpty());
  const auto faces = following.End();
  EXPECT_THAT(following.detector.asked(), ElementsAre(3, 8, 16, 24, 25));
  EXPECT_THAT(following.fallback.asked(), IsEmpty());
  EXPECT_THAT(SpansOf(faces), ElementsAre(std::pair(3, 26)));
  EXPECT_THAT(LooksOf(faces[0].track), ElementsAre(3, 8, 16, 24, 25));
  EXPECT_EQ(following.follower.num_looked_at(), 5);
  EXPECT_THAT(following.End(), IsEmpty());
}

TEST(FaceFollower, AShotOfOnePictureIsLookedAtOnce) {
  Following following(OneFace);
  following.Feed(8, 9);
  EXPECT_THAT(SpansOf(following.End()), ElementsAre(std::pair(8, 9)));
  EXPECT_THAT(following.detector.asked(), ElementsAre(8));
}

TEST(FaceFollower, TellsWhatTheDetectorSaw) {
  Following following(OneFace);
  following.Feed(0, 6);
  const auto faces = following.End();
  ASSERT_THAT(faces, SizeIs(1));
  for (const FaceLook& look : faces[0].track.looks) {
    const DetectedFace seen = OneFace(look.picture)[0];
    EXPECT_EQ(look.box, seen.box);
    EXPECT_EQ(look.score, seen.score);
    EXPECT_FLOAT_EQ(look.eye_distance, EyeDistance(*seen.points));
    EXPECT_FLOAT_EQ(look.turn, TurnOf(*seen.points));
    EXPECT_GT(look.sharpness, 0);
  }
}

TEST(FaceFollower, AGapEndsAllFaces) {
  Following following(OneFace);
  following.Feed(0, 8);
  following.Feed(10, 17);
  EXPECT_THAT(SpansOf(following.follower.TakeEnded()), ElementsAre(std::pair(0, 8)));
  EXPECT_THAT(SpansOf(following.End()), ElementsAre(std::pair(10, 17)));
  EXPECT_THAT(following.detector.asked(), ElementsAre(0, 7, 10, 16));
}

TEST(FaceFollower, ACutEndsAllFacesEvenWhereTheNextShotHasOneAtTheSamePlace) {
  Following following([](std::int64_t) { return Faces{FaceAt(300, 150)}; });
  following.Feed(0, 13, 1);
  following.Feed(13, 22, 2);
  following.Feed(22, 23, 3);
  following.Feed(23, 30, 4);
  EXPECT_THAT(SpansOf(following.End()),
              ElementsAre(std::pair(0, 13), std::pair(13, 22), std::pair(22, 23), std::pair(23, 30)));
  EXPECT_THAT(following.detector.asked(), ElementsAre(0, 8, 12, 13, 16, 21, 22, 23, 24, 29));
}

// The mouth is measured between two looks where the eyes and the mouth would be if they moved evenly.
TEST(FaceFollower, BetweenLooksPointsMoveEvenly) {
  const auto face_at = [](std::int64_t picture) {  // it runs, stops and turns back, and grows
    const auto n = static_cast<float>(picture);
    return FaceAt(220 + 30 * std::sin(n / 10), 120 + n, 40 + n / 2);
  };
  Following following([&](std::int64_t picture) { return Faces{face_at(picture)}; });
  following.Feed(2, 28);
  const auto faces = following.End();
  ASSERT_THAT(faces, SizeIs(1));
  const FaceTrack& track = faces[0].track;
  MouthMeter meter;
  for (std::int64_t picture = 2; picture < 28; ++picture) {
    const auto after = std::find_if(track.looks.begin(), track.looks.end(),
                                    [&](const FaceLook& look) { return look.picture >= picture; });
    ASSERT_NE(after, track.looks.end());
    FacePoints points = *face_at(after->picture).points;
    if (after->picture != picture) {
      const std::int64_t before = std::prev(after)->picture;
      const float share = static_cast<float>(picture - before) / static_cast<float>(after->picture - before);
      points = Between(*face_at(before).points, points, share);
    }
    const cv::Mat shown = Picture(picture);
    const MouthMeasure& measured = track.mouth.at(static_cast<std::size_t>(picture - 2));
    MouthMeasure wanted =
        meter.Measure(AlignFace(ViewOf(shown), points, kMouthLayout), static_cast<double>(picture) / kPicturesPerS);
    wanted.change = measured.change;  // see face_follower_repeats_test
    EXPECT_EQ(measured, wanted) << picture;
  }
}

TEST(FaceFollower, KeepsTheAgeOfEachPicture) {
  Following following(OneFace);
  for (std::int64_t number = 3; number < 19; ++number) {
    const cv::Mat picture = Picture(number);
    following.follower.Accept(number, ViewOf(picture), 0.01 * static_cast<double>(number));
  }
  const auto faces = following.End();
  ASSERT_THAT(faces, SizeIs(1));
  ASSERT_THAT(faces[0].track.mouth, SizeIs(16));
  for (std::size_t i = 0; i < 16; ++i) {
    EXPECT_FLOAT_EQ(faces[0].track.mouth[i].age_s, 0.01F * (3 + static_cast<float>(i)));
  }
}

TEST(FaceFollower, CropsAreTheAlignedFacesOfTheLooks) {
  Following following(OneFace);
  following.Feed(0, 12);
  const auto faces = following.End();
  ASSERT_THAT(faces, SizeIs(1));
  for (std::size_t i = 0; i < faces[0].crops.size(); ++i) {
    const std::int64_t picture = faces[0].track.looks[i].picture;
    const cv::Mat shown = Picture(picture);
    const auto aligned = AlignFace(ViewOf(shown), *OneFace(picture)[0].points, {});
    EXPECT_TRUE(std::equal(aligned.begin(), aligned.end(), faces[0].crops[i].begin(), faces[0].crops[i].end()));
    EXPECT_EQ(faces[0].track.looks[i].sharpness, Sharpness(aligned, kFaceSide));
  }
}

TEST(FaceFollower, ALostFaceIsLookedForByTheFallback) {
  const auto loses_it = [](std::int64_t picture) {
    return picture == 16 || picture == 24 ? Faces{} : OneFace(picture);
  };
  Following following(loses_it, OneFace);
  following.Feed(0, 35);
  EXPECT_THAT(SpansOf(following.End()), ElementsAre(std::pair(0, 35)));
  EXPECT_THAT(following.fallback.asked(), ElementsAre(16, 24));
}

TEST(FaceFollower, AFaceThatNobodyFindsEndsWhereItWasSeenLast) {
  Following following([](std::int64_t picture) { return picture >= 16 && picture < 32 ? Faces{} : OneFace(picture); });
  following.Feed(0, 35);
  EXPECT_THAT(SpansOf(following.End()), ElementsAre(std::pair(0, 9), std::pair(32, 35)));
  EXPECT_EQ(following.follower.num_without_face(), 2);
  EXPECT_EQ(following.follower.num_looked_at(), 6);
}

TEST(FaceFollower, AFaceThatIsLostInTheLastPictureEndsAtTheLookBefore) {
  Following following([](std::int64_t picture) { return picture == 11 ? Faces{} : OneFace(picture); });
  following.Feed(0, 12);
  EXPECT_THAT(SpansOf(following.End()), ElementsAre(std::pair(0, 9)));
}

TEST(FaceFollower, WhereThereIsNoFaceTheFallbackLooksOnceASecond) {
  Following following(Nobody, [](std::int64_t picture) { return picture == 80 ? OneFace(picture) : Faces{}; });
  following.Feed(10, 95);
  EXPECT_THAT(SpansOf(following.End()), ElementsAre(std::pair(80, 81)));
  EXPECT_THAT(following.fallback.asked(), ElementsAre(10, 32, 56, 80, 88));  // at 88 it was lost
  EXPECT_EQ(following.follower.num_looked_at(), 11);
  EXPECT_EQ(following.follower.num_without_face(), 10);
}

TEST(FaceFollower, TheFallbackAddsNoFaceThatIsKnownAlready) {
  const auto both = [](std::int64_t) { return Faces{FaceAt(150, 150), FaceAt(450, 150)}; };
  Following following([&](std::int64_t picture) { return picture == 8 ? Faces{FaceAt(452, 152)} : both(picture); },
                      both);
  following.Feed(0, 17);
  EXPECT_THAT(SpansOf(following.End()), ElementsAre(std::pair(0, 17), std::pair(0, 17)));
  EXPECT_THAT(following.fallback.asked(), ElementsAre(8));
}

TEST(FaceFollower, OneDetectorForBothIsAskedOnce) {
  ScriptedDetector detector(Nobody);
  FaceFollower follower(detector, detector);
  for (std::int64_t number = 0; number < 30; ++number) {
    const cv::Mat picture = Picture(number);
    follower.Accept(number, ViewOf(picture));
  }
  EXPECT_THAT(detector.asked(), ElementsAre(0, 8, 16, 24));
}

TEST(FaceFollower, KeepsTwoFacesApart) {
  // They come in any order, and one leaves before the other.
  Following following([](std::int64_t picture) {
    Faces faces = {FaceAt(150 + static_cast<float>(picture), 150, 30), FaceAt(450 - static_cast<float>(picture), 160)};
    if (picture >= 20) faces.resize(1);
    if (picture % 16 == 0) std::reverse(faces.begin(), faces.end());
    return faces;
  });
  following.Feed(0, 31);
  const auto faces = following.End();
  EXPECT_THAT(SpansOf(faces), ElementsAre(std::pair(0, 31), std::pair(0, 17)));  // from left to right
  for (const FaceLook& look : faces[0].track.looks) EXPECT_NEAR(look.eye_distance, 30, 0.1);
  for (const FaceLook& look : faces[1].track.looks) EXPECT_NEAR(look.eye_distance, 40, 0.1);
  EXPECT_EQ(following.follower.num_with_several_faces(), 3);
}

TEST(FaceFollower, AFaceThatLeapsIsAnotherOne) {
  Following following([](std::int64_t picture) { return Faces{FaceAt(picture < 10 ? 150 : 350, 150)}; });
  following.Feed(0, 23);
  EXPECT_THAT(SpansOf(following.End()), ElementsAre(std::pair(0, 9), std::pair(16, 23)));
}

TEST(FaceFollower, FollowsTheLargestFacesOfACrowd) {
  for (const int num_people : {9, 30, 5000}) {
    Following following([&](std::int64_t) {
      Faces crowd;
      for (int i = 0; i < num_people; ++i) {  // the last eight are the largest
        const auto x = static_cast<float>(40 + 70 * (i % 8)), y = static_cast<float>(60 + 50 * (i / 8 % 5));
        crowd.push_back(FaceAt(x, y, i < num_people - 8 ? 15 : 25));
      }
      return crowd;
    });
    following.Feed(0, 8);
    const auto faces = following.End();
    EXPECT_THAT(faces, SizeIs(8)) << num_people;
    EXPECT_THAT(SpansOf(faces), testing::Each(std::pair<std::int64_t, std::int64_t>(0, 8)));
    for (const FollowedFace& face : faces) EXPECT_GT(face.track.looks[0].eye_distance, 20);
  }
}

TEST(FaceFollower, PassesOverFacesThatCannotBeMeasured) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  Following following([&](std::int64_t) {
    Faces faces;
    for (int i = 0; i < 8; ++i) faces.push_back(FaceAt(40 + 75 * static_cast<float>(i), 100));
    faces[0].points.reset();
    faces[1].points->left_eye.x = kNan;
    faces[2].points->right_eye.y = kInfinity;
    faces[3].points->mouth.y = kNan;
    faces[4].points->mouth.x = -kInfinity;
    faces[5].points->nose.x = kNan;
    faces[6].points->right_eye = faces[6].points->left_eye;
    return faces;
  });
  following.Feed(0, 12);
  const auto faces = following.End();
  EXPECT_THAT(SpansOf(faces), ElementsAre(std::pair(0, 12)));
  EXPECT_EQ(faces.at(0).track.looks.front().box, FaceAt(40 + 75 * 7, 100).box);
}

TEST(FaceFollower, FollowsAFaceWhosePointsLieOutsideThePicture) {
  Following following([](std::int64_t picture) {
    Faces faces = {FaceAt(5, 150, 80), FaceAt(600, 355, 60)};
    if (picture >= 5) faces[1].points->mouth = {1e8F, -1e9F};
    return faces;
  });
  following.Feed(0, 12);
  for (const FollowedFace& face : following.End()) {
    ExpectSound(face);
    for (const MouthMeasure& mouth : face.track.mouth) EXPECT_TRUE(std::isfinite(mouth.openness));
  }
}

// A few faces that come, go, move and leap at random; pictures with gaps and cuts.
struct RandomScript {
  explicit RandomScript(unsigned seed) {
    std::mt19937 random(seed);
    const auto any = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    std::int64_t number = any(0, 9);
    for (unsigned shot = 0; shot < 4; ++shot) {
      const int length = any(1, 25);
      for (int i = 0; i < length; ++i) pictures.emplace_back(number++, 4 * seed + shot);
      if (any(0, 1) == 0) number += any(1, 12);
    }
    std::vector<DetectedFace> now;
    for (std::int64_t at = 0; at < number; ++at) {
      if (any(0, 5) == 0) now.push_back(FaceAt(static_cast<float>(any(50, 580)), static_cast<float>(any(50, 300)), 30));
      if (any(0, 7) == 0 && !now.empty()) now.erase(now.begin());
      faces.push_back(now);
      fallback_faces.push_back(any(0, 1) == 0 && at > 0 ? faces[static_cast<std::size_t>(at - 1)] : Faces{});
    }
  }

  std::vector<std::pair<std::int64_t, unsigned>> pictures;  // with the shot of each
  std::vector<Faces> faces, fallback_faces;                 // by picture
};

enum class Taking { kAtTheEnd, kAfterEachPicture, kBreakingAtEachGap };

std::vector<FaceTrack> FollowAll(const RandomScript& script, Taking taking) {
  Following following(
      [&](std::int64_t picture) { return script.faces.at(static_cast<std::size_t>(picture)); },
      [&](std::int64_t picture) { return script.fallback_faces.at(static_cast<std::size_t>(picture)); });
  std::vector<FaceTrack> tracks;
  const auto take = [&] {
    const auto faces = following.follower.TakeEnded();
    for (const FollowedFace& face : faces) ExpectSound(face);
    const auto more = TracksOf(faces);
    EXPECT_TRUE(std::is_sorted(more.begin(), more.end(), [](const FaceTrack& a, const FaceTrack& b) {
      return a.first_picture < b.first_picture;
    }));
    tracks.insert(tracks.end(), more.begin(), more.end());
  };
  std::int64_t last = -1;
  for (const auto& [number, shot] : script.pictures) {
    if (taking == Taking::kBreakingAtEachGap && number != last + 1) {
      following.follower.Break();
      following.follower.Break();
    }
    following.Feed(number, number + 1, shot);
    if (taking == Taking::kAfterEachPicture) take();
    last = number;
  }
  following.follower.Break();
  take();
  std::sort(tracks.begin(), tracks.end(), [](const FaceTrack& a, const FaceTrack& b) {
    const auto key = [](const FaceTrack& track) {
      const FaceLook& look = track.looks.front();
      return std::tuple(track.first_picture, look.box.x, look.box.y, track.end_picture());
    };
    return key(a) < key(b);
  });
  return tracks;
}

TEST(FaceFollower, WhatIsTakenWhenChangesNothing) {
  for (unsigned seed = 0; seed < 12; ++seed) {
    SCOPED_TRACE(seed);
    const RandomScript script(seed);
    const auto tracks = FollowAll(script, Taking::kAtTheEnd);
    EXPECT_EQ(FollowAll(script, Taking::kAfterEachPicture), tracks);
    EXPECT_EQ(FollowAll(script, Taking::kBreakingAtEachGap), tracks);
    std::map<std::int64_t, unsigned> shot_of(script.pictures.begin(), script.pictures.end());
    for (const FaceTrack& track : tracks) {  // each within one shot of pictures that were shown
      for (std::int64_t picture = track.first_picture; picture < track.end_picture(); ++picture) {
        ASSERT_TRUE(shot_of.contains(picture));
        EXPECT_EQ(shot_of[picture], shot_of[track.first_picture]);
      }
    }
  }
}

TEST(FaceFollower, RequiresPicturesInOrder) {
  Following following(OneFace);
  following.Feed(0, 5);
  EXPECT_THROW(following.Feed(4, 5), ContractViolation);
  EXPECT_THROW(following.Feed(2, 3), ContractViolation);
}

}  // namespace
}  // namespace sezim
