// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/blaze_face.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <span>

#include "sezim/base/error.h"
#include "sezim/vision/luma_range.h"
#include "sezim/vision/opencv_threads.h"

namespace sezim {
namespace {

// The network's two grids of anchors: a cell's anchors all lie in its middle.
struct Grid {
  int cells;  // in a row and in a column
  int anchors_per_cell;
};
constexpr std::array<Grid, 2> kGrids = {{{16, 2}, {8, 6}}};
constexpr int kNumbersPerBox = 16;

// Boxes that overlap more are one face.
constexpr double kSameFace = 0.3;
constexpr std::size_t kMaxFaces = 100;

// What one anchor says, in pixels of the network's input.
struct Candidate {
  float score;
  std::array<float, kNumbersPerBox> box;  // centre, size, then points
};

struct Corners {
  float x0, y0, x1, y1;
};

Corners CornersOf(const Candidate& one) {
  return {one.box[0] - one.box[2] / 2, one.box[1] - one.box[3] / 2, one.box[0] + one.box[2] / 2,
          one.box[1] + one.box[3] / 2};
}

double Overlap(const Candidate& first, const Candidate& second) {
  const Corners a = CornersOf(first);
  const Corners b = CornersOf(second);
  const double width = std::min(a.x1, b.x1) - std::max(a.x0, b.x0);
  const double height = std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
  if (width <= 0 || height <= 0) return 0;
  const double shared = width * height;
  return shared / (first.box[2] * first.box[3] + second.box[2] * second.box[3] - shared);
}

void AddCandidates(const Grid& grid, int side, std::span<const float> logits, std::span<const float> boxes,
                   float min_logit, std::vector<Candidate>& candidates) {
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (!(logits[i] >= min_logit)) continue;  // NaN is no face either
    const int cell = static_cast<int>(i) / grid.anchors_per_cell;
    const float cell_px = static_cast<float>(side) / static_cast<float>(grid.cells);
    const float anchor_x = (static_cast<float>(cell % grid.cells) + 0.5F) * cell_px;
    const float anchor_y = (static_cast<float>(cell / grid.cells) + 0.5F) * cell_px;
    Candidate one{1 / (1 + std::exp(-logits[i])), {}};
    std::copy_n(boxes.begin() + static_cast<std::ptrdiff_t>(i * kNumbersPerBox), kNumbersPerBox, one.box.begin());
    for (std::size_t k = 0; k < kNumbersPerBox; ++k) {
      if (k != 2 && k != 3) one.box[k] += k % 2 == 0 ? anchor_x : anchor_y;
    }
    if (one.box[2] > 0 && one.box[3] > 0) candidates.push_back(one);
  }
}

// Each group of overlapping candidates becomes their mean, weighted by score, with the best one's score.
std::vector<Candidate> Merge(std::vector<Candidate> candidates) {
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
  std::vector<Candidate> faces;
  while (!candidates.empty() && faces.size() < kMaxFaces) {
    const Candidate best = candidates.front();
    Candidate mean{best.score, {}};
    float weight = 0;
    std::erase_if(candidates, [&](const Candidate& one) {
      if (Overlap(best, one) <= kSameFace) return false;
      for (std::size_t k = 0; k < kNumbersPerBox; ++k) mean.box[k] += one.score * one.box[k];
      weight += one.score;
      return true;
    });
    if (weight <= 0) break;  // numbers that overlap not even themselves
    for (float& number : mean.box) number /= weight;
    faces.push_back(mean);
  }
  return faces;
}

}  // namespace

void BlazeFaceOptions::Check() const {
  OptionChecks checks("BlazeFace");
  checks.Require(min_score > 0 && min_score < 1,
                 fmt::format("min_score must lie between 0 and 1, not at {}", min_score));
  checks.ThrowIfAny();
}

BlazeFaceDetector::BlazeFaceDetector(std::shared_ptr<const OnnxSession> network, const BlazeFaceOptions& options)
    : network_(std::move(network)), options_(options) {
  options.Check();
  KeepOpenCvToOneThread();
  const ModelCard& card = network_->card();
  bool fits = card.task == "face-detection" && card.inputs.size() == 1 && card.outputs.size() == 4 &&
              card.inputs[0].shape.size() == 4;
  if (fits) {
    const std::int64_t side = card.inputs[0].shape[1];
    side_ = static_cast<int>(side);
    fits = (side == 128 || side == 256) && card.inputs[0].shape == std::vector<std::int64_t>{1, side, side, 3};
  }
  for (std::size_t g = 0; fits && g < kGrids.size(); ++g) {
    const std::int64_t num_anchors = std::int64_t{kGrids[g].cells} * kGrids[g].cells * kGrids[g].anchors_per_cell;
    fits = card.outputs[g].shape == std::vector<std::int64_t>{1, num_anchors, 1} &&
           card.outputs[g + 2].shape == std::vector<std::int64_t>{1, num_anchors, kNumbersPerBox};
  }
  if (!fits) {
    throw Error(ErrorKind::kModel, fmt::format("the model {} is no BlazeFace of 896 anchors", card.name),
                "name one of task face-detection; 'sezim models list' shows them");
  }
  for (int value = 0; value < 256; ++value) {
    const auto input_of = [](int full) { return static_cast<float>(full) / 127.5F - 1; };
    input_of_full_range_[static_cast<std::size_t>(value)] = input_of(value);
    input_of_limited_range_[static_cast<std::size_t>(value)] = input_of(FullRange(static_cast<std::uint8_t>(value)));
  }
}

std::vector<DetectedFace> BlazeFaceDetector::Detect(const GreyView& picture) {
  const cv::Mat luma(picture.height, picture.width, CV_8UC1, const_cast<std::uint8_t*>(picture.data),
                     static_cast<std::size_t>(picture.stride));
  const double scale = static_cast<double>(side_) / std::max(picture.width, picture.height);
  const cv::Size inner(std::max(1, static_cast<int>(std::lround(picture.width * scale))),
                       std::max(1, static_cast<int>(std::lround(picture.height * scale))));
  cv::Mat small;
  cv::resize(luma, small, inner, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  const int left = (side_ - inner.width) / 2;
  const int top = (side_ - inner.height) / 2;

  const auto side = static_cast<std::size_t>(side_);
  Tensor input{{1, side_, side_, 3}, std::vector<float>(side * side * 3, -1.0F)};
  const auto& table = picture.limited_range ? input_of_limited_range_ : input_of_full_range_;
  for (int y = 0; y < inner.height; ++y) {
    const std::uint8_t* row = small.ptr<std::uint8_t>(y);
    float* out = &input.values[(static_cast<std::size_t>(top + y) * side + static_cast<std::size_t>(left)) * 3];
    for (int x = 0; x < inner.width; ++x, out += 3) out[0] = out[1] = out[2] = table[row[x]];
  }
  const std::vector<Tensor> outputs = network_->Run(std::span(&input, 1));
  const auto min_logit = static_cast<float>(std::log(options_.min_score / (1 - options_.min_score)));
  std::vector<Candidate> candidates;
  for (std::size_t g = 0; g < kGrids.size(); ++g) {
    AddCandidates(kGrids[g], side_, outputs[g].values, outputs[g + 2].values, min_logit, candidates);
  }

  std::vector<DetectedFace> faces;
  const auto to_picture_x = [&](float x) { return (x - static_cast<float>(left)) / static_cast<float>(scale); };
  const auto to_picture_y = [&](float y) { return (y - static_cast<float>(top)) / static_cast<float>(scale); };
  const cv::Rect whole(0, 0, picture.width, picture.height);
  for (const Candidate& one : Merge(std::move(candidates))) {
    const Corners corners = CornersOf(one);
    const auto clamped = [](float value) { return static_cast<int>(std::lround(std::clamp(value, -1e6F, 1e6F))); };
    const cv::Rect box = cv::Rect(cv::Point(clamped(to_picture_x(corners.x0)), clamped(to_picture_y(corners.y0))),
                                  cv::Point(clamped(to_picture_x(corners.x1)), clamped(to_picture_y(corners.y1)))) &
                         whole;
    if (box.empty()) continue;
    const auto point = [&](std::size_t at) { return Point{to_picture_x(one.box[at]), to_picture_y(one.box[at + 1])}; };
    faces.push_back(
        {.box = {box.x, box.y, box.width, box.height},
         .score = one.score,
         .points = FacePoints{.left_eye = point(4), .right_eye = point(6), .nose = point(8), .mouth = point(10)}});
  }
  return faces;
}

}  // namespace sezim
