// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sezim/base/emotion.h"
#include "sezim/vision/face_detector.h"

namespace sezim {

// What was seen at one tick of a source.
struct FrameObservation {
  enum class Kind : std::uint8_t { kNoPicture = 0, kNoFace = 1, kSeveralFaces = 2, kKept = 3 };

  std::int64_t tick = 0;
  Kind kind = Kind::kNoPicture;
  FaceBox face{};           // of a kept frame, pixels of the upright picture
  EmotionScores scores{};   // of a kept frame
  std::string face_jpeg{};  // of the first kept frame in a second, for people

  bool operator==(const FrameObservation&) const = default;
};

// Observations as bytes, the form in which the catalogue keeps unfinished work (docs/formats/catalog.md).
std::string PackObservations(const std::vector<FrameObservation>& observations);

// Throws Error (kBadInput) if `bytes` are not what PackObservations makes.
std::vector<FrameObservation> UnpackObservations(std::string_view bytes);

}  // namespace sezim
