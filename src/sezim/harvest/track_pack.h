// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sezim/vision/face_track.h"
#include "sezim/vision/picture_print.h"

namespace sezim {

// What the recipe `default` saw in one unit.
struct UnitTracks {
  std::int64_t num_looked_at = 0;  // pictures in which faces were looked for
  std::int64_t num_without_picture = 0;
  std::int64_t num_without_face = 0;
  std::int64_t num_with_several_faces = 0;
  std::vector<FaceTrack> tracks{};
  PicturePrint picture_print{};

  bool operator==(const UnitTracks&) const = default;
};

// As bytes, the form in which the catalogue keeps unfinished work (docs/formats/catalog.md).
std::string PackTracks(const UnitTracks& unit);

// Throws Error (kBadInput) if `bytes` are not what PackTracks makes.
UnitTracks UnpackTracks(std::string_view bytes);

}  // namespace sezim
