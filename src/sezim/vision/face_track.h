// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sezim/base/emotion.h"
#include "sezim/vision/face.h"
#include "sezim/vision/mouth.h"

namespace sezim {

// Pictures of a face are looked at 25 times a second: picture n of a source is what is shown at n / 25 s.
inline constexpr int kPicturesPerS = 25;
// Faces are looked for in each picture whose number is a multiple of this.
inline constexpr int kPicturesPerLook = 8;

// A face that was detected, not only followed.
struct FaceLook {
  std::int64_t picture = 0;
  FaceBox box{};
  float score = 0;         // of the detector
  float eye_distance = 0;  // pixels
  float turn = 0;          // how far the nose lies beside the middle of the eyes, in eye distances: 0 is frontal
  float sharpness = 0;     // see Sharpness()
  EmotionScores scores{};  // all 0: the expression networks were not asked

  bool has_scores() const { return scores != EmotionScores{}; }
  bool operator==(const FaceLook&) const = default;
};

// How a face looked, for people: upright and in the middle.
struct FacePicture {
  std::int64_t picture = 0;
  std::string jpeg{};

  bool operator==(const FacePicture&) const = default;
};

// One face over consecutive pictures of one shot.
struct FaceTrack {
  std::int64_t first_picture = 0;
  std::vector<MouthMeasure> mouth{};    // one a picture
  std::vector<FaceLook> looks{};        // ascending; the first and the last picture have one
  std::vector<FacePicture> pictures{};  // of the first look in each second
  std::vector<float> features{};        // of ActiveSpeaker, for each picture; empty unless asked for

  std::int64_t end_picture() const { return first_picture + static_cast<std::int64_t>(mouth.size()); }
  bool operator==(const FaceTrack&) const = default;
};

// Which of `now` continues which of `before`, two detections of one shot a third of a second apart: for each of `now`
// the index into `before`, or nothing. Pairs are made in the order of their overlap, largest first; faces that do not
// overlap by at least 0.3 (intersection over union) are no pair. Each face is in one pair at most.
std::vector<std::optional<std::size_t>> MatchFaces(std::span<const FaceBox> before, std::span<const FaceBox> now);

// How far the nose lies beside the line through the middle of the eyes at a right angle, in eye distances.
float TurnOf(const FacePoints& points);

// Contrast of fine detail of an aligned face of `side` x `side` pixels: the standard deviation of its Laplacian over
// that of its luma. A blurred face has a small one.
float Sharpness(std::span<const std::uint8_t> face, int side);

}  // namespace sezim
