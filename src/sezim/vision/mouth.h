// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "sezim/vision/align_face.h"

namespace sezim {

// The aligned face that mouths are measured on.
inline constexpr AlignedLayout kMouthLayout = {
    .side = 96, .eye_distance = 0.3125F, .eye_height = 0.354F, .mouth_height = 0.708F};

// What one picture tells of a mouth. Brightness is measured in standard deviations of the face's own luma, so that
// light and contrast do not count.
struct MouthMeasure {
  // How dark the darkest quarter of the mouth's surroundings is, less half of how dark all of it is: an opening mouth
  // is a growing dark hole. Only its changes mean something.
  float openness = 0;
  // Mean change since a picture shown kMotionGapS before or a little longer, once the head's own movement is undone; 0
  // where there is none.
  float mouth_motion = 0;
  float upper_motion = 0;  // of eyes, brows and nose, for comparison
  // How much the face differs from the picture before, where it is in the picture now: mean absolute difference in grey
  // levels; 0 where there is none before.
  float change = 0;
  float age_s = 0;  // how long before its nominal time the picture began to be shown

  bool operator==(const MouthMeasure&) const = default;
};

// So long at least are two pictures apart whose difference is taken for motion, that it be of one size in videos of all
// frame rates.
inline constexpr double kMotionGapS = 0.06;

// Measures one face over time. Pictures come in order; the face is the same one, and nothing lies between.
class MouthMeter {
 public:
  MouthMeter();

  // `face`: as AlignFace gives it with kMouthLayout, shown since `shown_since_s`. The measure has no age yet.
  MouthMeasure Measure(const std::vector<std::uint8_t>& face, double shown_since_s);

 private:
  struct Seen {
    double shown_since_s = 0;
    std::vector<float> pixels;
  };

  std::deque<Seen> seen_;      // those before that a later one may be compared with
  std::vector<float> window_;  // tapers the upper face for registration
};

}  // namespace sezim
