// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/face_proposal.h"

#include <algorithm>
#include <cmath>

namespace sezim {
namespace {

constexpr double kSameFace = 0.3;
constexpr std::size_t kMaxFaces = 100;

struct Corners {
  float x0, y0, x1, y1;
};

Corners CornersOf(const FaceProposal& one) {
  const auto& [x, y, width, height, left_x, left_y, right_x, right_y, nose_x, nose_y, mouth_x, mouth_y] = one.numbers;
  return {x - width / 2, y - height / 2, x + width / 2, y + height / 2};
}

double Overlap(const FaceProposal& first, const FaceProposal& second) {
  const Corners a = CornersOf(first);
  const Corners b = CornersOf(second);
  const double width = std::min(a.x1, b.x1) - std::max(a.x0, b.x0);
  const double height = std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
  if (width <= 0 || height <= 0) return 0;
  const double shared = width * height;
  return shared / (first.numbers[2] * first.numbers[3] + second.numbers[2] * second.numbers[3] - shared);
}

}  // namespace

std::vector<FaceProposal> MergeProposals(std::vector<FaceProposal> proposals) {
  std::erase_if(proposals, [](const FaceProposal& one) {
    const bool is_finite =
        std::all_of(one.numbers.begin(), one.numbers.end(), [](float number) { return std::isfinite(number); });
    return !is_finite || one.numbers[2] <= 0 || one.numbers[3] <= 0;
  });
  std::stable_sort(proposals.begin(), proposals.end(),
                   [](const FaceProposal& a, const FaceProposal& b) { return a.score > b.score; });
  std::vector<FaceProposal> faces;
  while (!proposals.empty() && faces.size() < kMaxFaces) {
    const FaceProposal best = proposals.front();
    FaceProposal mean{.score = best.score};
    float weight = 0;
    std::erase_if(proposals, [&](const FaceProposal& one) {
      if (Overlap(best, one) <= kSameFace) return false;
      for (std::size_t k = 0; k < FaceProposal::kNumNumbers; ++k) mean.numbers[k] += one.score * one.numbers[k];
      weight += one.score;
      return true;
    });
    if (weight <= 0) break;  // numbers that overlap not even themselves
    for (float& number : mean.numbers) number /= weight;
    faces.push_back(mean);
  }
  return faces;
}

std::vector<DetectedFace> FacesOf(const std::vector<FaceProposal>& merged, const Letterbox& letterbox,
                                  const GreyView& picture) {
  std::vector<DetectedFace> faces;
  const auto rounded = [](float value, int end) {
    return std::clamp(static_cast<int>(std::lround(std::clamp(value, -1e6F, 1e6F))), 0, end);
  };
  for (const FaceProposal& one : merged) {
    const Corners corners = CornersOf(one);
    const Point first = letterbox.ToPicture({corners.x0, corners.y0});
    const Point last = letterbox.ToPicture({corners.x1, corners.y1});
    const int x = rounded(first.x, picture.width);
    const int y = rounded(first.y, picture.height);
    const FaceBox box{
        .x = x, .y = y, .width = rounded(last.x, picture.width) - x, .height = rounded(last.y, picture.height) - y};
    if (box.width <= 0 || box.height <= 0) continue;
    const auto point = [&](std::size_t at) { return letterbox.ToPicture({one.numbers[at], one.numbers[at + 1]}); };
    faces.push_back(
        {.box = box,
         .score = one.score,
         .points = FacePoints{.left_eye = point(4), .right_eye = point(6), .nose = point(8), .mouth = point(10)}});
  }
  return faces;
}

}  // namespace sezim
