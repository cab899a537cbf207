// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "sezim/corpus/truth.h"
#include "sezim/vision/face_detector.h"

namespace sezim {

// What a detector sees in the pictures of a programme of known truth, each looked at alone.
struct FaceEvaluation {
  std::int64_t num_with_faces = 0;  // pictures that show one or two
  std::int64_t num_found = 0;       // of them with at least one found
  std::int64_t num_all_right = 0;   // of them with as many found as there are
  std::int64_t num_without_face = 0;
  std::int64_t num_false = 0;  // of them with a face found nevertheless
  double seconds = 0;          // of the detector, all in all

  std::int64_t num_pictures() const { return num_with_faces + num_without_face; }
};

// How many faces a scene shows (docs/formats/truth.md); nothing where its kind does not tell.
std::optional<int> NumFacesOf(std::string_view kind);

// Looks five times a second at the scenes of `video` whose kind tells the number of faces, but not in the first and
// last tenth of a second of a scene. Throws Error.
FaceEvaluation EvaluateFaces(const Truth& truth, const std::filesystem::path& video, FaceDetector& detector);

}  // namespace sezim
