// SPDX-License-Identifier: Apache-2.0
// For tests of FaceFollower: pictures that say their number, and detectors that go by a script.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <map>
#include <opencv2/imgproc.hpp>
#include <utility>
#include <vector>

#include "sezim/vision/face_follower.h"

namespace sezim {

using Faces = std::vector<DetectedFace>;
using Numbers = std::vector<std::int64_t>;

inline constexpr int kWidth = 640;
inline constexpr int kHeight = 360;

// A face whose eyes are `eye_distance` apart, their middle at (x, y).
inline DetectedFace FaceAt(float x, float y, float eye_distance = 40) {
  const float d = eye_distance;
  return {.box = {static_cast<int>(x - d), static_cast<int>(y - 0.7F * d), static_cast<int>(2 * d),
                  static_cast<int>(2 * d)},
          .score = 0.9F,
          .points = FacePoints{{x - d / 2, y}, {x + d / 2, y + 1}, {x + d / 10, y + d / 2}, {x, y + d}}};
}

// A picture of the shot `shot` that says its number in its first pixels. Something in it moves.
inline cv::Mat Picture(std::int64_t number, unsigned shot = 0) {
  static std::map<unsigned, cv::Mat> scenes;
  cv::Mat& scene = scenes[shot];
  if (scene.empty()) {
    cv::Mat patches(9, 16, CV_8UC1);
    cv::RNG random(shot + 1);
    random.fill(patches, cv::RNG::UNIFORM, 20, 220);
    cv::resize(patches, scene, {kWidth, kHeight}, 0, 0, cv::INTER_CUBIC);
  }
  cv::Mat picture = scene.clone();
  cv::circle(picture, {200 + static_cast<int>(7 * number % 100), 120}, 25, cv::Scalar(10), cv::FILLED);
  picture.at<std::uint8_t>(0, 0) = static_cast<std::uint8_t>(number % 256);
  picture.at<std::uint8_t>(0, 1) = static_cast<std::uint8_t>(number / 256);
  return picture;
}

inline GreyView ViewOf(const cv::Mat& picture) {
  return {picture.data, picture.cols, picture.rows, static_cast<std::ptrdiff_t>(picture.step), false};
}

// Says what its script has for the picture's number, and remembers the pictures that it was asked about.
class ScriptedDetector : public FaceDetector {
 public:
  using Script = std::function<Faces(std::int64_t picture)>;

  explicit ScriptedDetector(Script script) : script_(std::move(script)) {}

  Faces Detect(const GreyView& picture) override {
    asked_.push_back(picture.data[0] + 256 * picture.data[1]);
    return script_(asked_.back());
  }

  const Numbers& asked() const { return asked_; }

 private:
  Script script_;
  Numbers asked_;
};

inline Faces Nobody(std::int64_t /*picture*/) {
  return {};
}

// A follower with a script for either detector, and pictures to feed it.
struct Following {
  explicit Following(ScriptedDetector::Script script, ScriptedDetector::Script fallback_script = Nobody)
      : detector(std::move(script)), fallback(std::move(fallback_script)), follower(detector, fallback) {}

  void Feed(std::int64_t first, std::int64_t end, unsigned shot = 0) {
    for (; first < end; ++first) {
      const cv::Mat picture = Picture(first, shot);
      follower.Accept(first, ViewOf(picture));
    }
  }
  std::vector<FollowedFace> End() {
    follower.Break();
    return follower.TakeEnded();
  }

  ScriptedDetector detector;
  ScriptedDetector fallback;
  FaceFollower follower;
};

// What holds of every face that was followed.
inline void ExpectSound(const FollowedFace& face) {
  const FaceTrack& track = face.track;
  ASSERT_FALSE(track.looks.empty());
  EXPECT_EQ(face.crops.size(), track.looks.size());
  EXPECT_EQ(track.looks.front().picture, track.first_picture);
  EXPECT_EQ(track.looks.back().picture, track.end_picture() - 1);
  for (std::size_t i = 1; i < track.looks.size(); ++i) {
    const std::int64_t step = track.looks[i].picture - track.looks[i - 1].picture;
    EXPECT_GT(step, 0);
    EXPECT_LE(step, kPicturesPerLook);
    EXPECT_TRUE(i + 1 == track.looks.size() || track.looks[i].picture % kPicturesPerLook == 0);
  }
}

inline std::vector<std::pair<std::int64_t, std::int64_t>> SpansOf(const std::vector<FollowedFace>& faces) {
  std::vector<std::pair<std::int64_t, std::int64_t>> spans;
  for (const FollowedFace& face : faces) {
    ExpectSound(face);
    spans.emplace_back(face.track.first_picture, face.track.end_picture());
  }
  return spans;
}

inline Faces OneFace(std::int64_t picture) {
  return {FaceAt(300 + 2 * static_cast<float>(picture), 150)};
}

}  // namespace sezim
