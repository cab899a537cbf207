// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
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
  // Mean change since the picture before, once the head's own movement is undone; 0 in the first picture.
  float mouth_motion = 0;
  float upper_motion = 0;  // of eyes, brows and nose, for comparison
  float age_s = 0;         // how long before its nominal time the picture began to be shown

  bool operator==(const MouthMeasure&) const = default;
};

// Measures one face over time. Pictures come in order; the face is the same one, and nothing lies between.
class MouthMeter {
 public:
  MouthMeter();

  // `face`: as AlignFace gives it with kMouthLayout. `age_s` is kept with what is measured.
  MouthMeasure Measure(const std::vector<std::uint8_t>& face, float age_s = 0);

 private:
  std::vector<float> previous_;
  std::vector<float> window_;  // tapers the upper face for registration
};

}  // namespace sezim
