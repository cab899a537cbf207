// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace sezim {

// How a face picture is changed at random, each time it comes in training. All by a generator, evenly within the
// bounds.
struct FaceVariation {
  bool mirror = true;           // half of them left to right
  double max_turn_deg = 12;     // either way
  double max_shift = 0.08;      // of the side, in both directions
  double max_scale = 0.12;      // larger or smaller by so much
  double max_contrast = 0.2;    // contrast times 1 - so much to 1 + so much
  double max_brightness = 0.1;  // of full scale, brighter or darker
  double max_cutout = 0.3;  // a square with sides of up to so much of the picture's becomes grey (DeVries, Taylor 2017)

  void Check() const;  // throws Error (kUsage)
};

// The picture (side x side bytes) so changed, from black = -1 to white = 1.
std::vector<float> VariedFace(std::span<const std::uint8_t> picture, int side, const FaceVariation& variation,
                              std::mt19937_64& generator);

// The picture as it is, from black = -1 to white = 1.
std::vector<float> PlainFace(std::span<const std::uint8_t> picture);

}  // namespace sezim
