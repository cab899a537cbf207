// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/face_variation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "sezim/base/error.h"

namespace sezim {

void FaceVariation::Check() const {
  OptionChecks checks("variation of faces");
  checks.Require(max_turn_deg >= 0 && max_turn_deg <= 180,
                 fmt::format("max_turn_deg must be 0 to 180, not {}", max_turn_deg));
  for (const auto& [name, value] : {std::pair{"max_shift", max_shift},
                                    {"max_scale", max_scale},
                                    {"max_contrast", max_contrast},
                                    {"max_brightness", max_brightness},
                                    {"max_cutout", max_cutout}}) {
    checks.Require(value >= 0 && value <= 0.9, fmt::format("{} must be 0 to 0.9, not {}", name, value));
  }
  checks.ThrowIfAny();
}

std::vector<float> PlainFace(std::span<const std::uint8_t> picture) {
  std::vector<float> plain;
  plain.reserve(picture.size());
  for (const std::uint8_t pixel : picture) plain.push_back(static_cast<float>(pixel) / 127.5F - 1);
  return plain;
}

std::vector<float> VariedFace(std::span<const std::uint8_t> picture, int side, const FaceVariation& variation,
                              std::mt19937_64& generator) {
  // A standard distribution's numbers are up to the library; these are not.
  const auto share = [&] { return static_cast<double>(generator() >> 11) * 0x1p-53; };
  const auto within = [&](double bound) { return (2 * share() - 1) * bound; };
  const double turn = within(variation.max_turn_deg) * std::numbers::pi / 180;
  const double scale = 1 + within(variation.max_scale);
  const double mirrored = variation.mirror && share() < 0.5 ? -1 : 1;
  const double middle = (side - 1) / 2.0;
  // Where each pixel of the result lies in the picture.
  const double a = std::cos(turn) / scale * mirrored, b = std::sin(turn) / scale * mirrored;
  const double c = -std::sin(turn) / scale, d = std::cos(turn) / scale;
  const double x = middle + within(variation.max_shift) * side, y = middle + within(variation.max_shift) * side;
  const cv::Matx23d from(a, b, x - (a + b) * middle, c, d, y - (c + d) * middle);
  cv::Mat plain(side, side, CV_32F);
  std::ranges::copy(PlainFace(picture), plain.begin<float>());
  cv::Mat varied(side, side, CV_32F);
  cv::warpAffine(plain, varied, from, varied.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REFLECT_101);
  varied = varied * (1 + within(variation.max_contrast)) + 2 * within(variation.max_brightness);
  const int hole = static_cast<int>(share() * variation.max_cutout * side);
  const int left = static_cast<int>(share() * (side - hole)), top = static_cast<int>(share() * (side - hole));
  if (hole > 0) varied(cv::Rect(left, top, hole, hole)).setTo(0);
  return {varied.begin<float>(), varied.end<float>()};
}

}  // namespace sezim
