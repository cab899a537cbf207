// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sezim/media/grey_image.h"
#include "sezim/vision/face.h"

namespace sezim {

// Where an aligned face has its parts, as shares of its side: eyes level and `eye_distance` apart, in the middle of
// the picture's width and `eye_height` below its top, the mouth `mouth_height` below it.
struct AlignedLayout {
  int side = 64;  // pixels
  float eye_distance = 0.34F;
  float eye_height = 0.33F;
  float mouth_height = 0.71F;
};

// The face with `points` turned, scaled and moved so that eyes and mouth come as near as they can to where `layout`
// has them: side x side pixels of full range (black 0, white 255), rows from the top. What lies outside the picture
// is filled with its nearest pixels. A face that is shrunk is averaged, so that fine detail does not alias.
// Requires points that are not all in one place.
std::vector<std::uint8_t> AlignFace(const GreyView& picture, const FacePoints& points, const AlignedLayout& layout);

}  // namespace sezim
