// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/blaze_face.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "sezim/base/error.h"
#include "sezim/vision/face_proposal.h"
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
constexpr std::size_t kNumbersPerBox = 16;  // those of a FaceProposal, then ears

void AddProposals(const Grid& grid, int side, std::span<const float> logits, std::span<const float> boxes,
                  float min_logit, std::vector<FaceProposal>& proposals) {
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (!(logits[i] >= min_logit)) continue;  // NaN is no face either
    const int cell = static_cast<int>(i) / grid.anchors_per_cell;
    const float cell_px = static_cast<float>(side) / static_cast<float>(grid.cells);
    const int column = cell % grid.cells;
    const int row = cell / grid.cells;
    const float anchor_x = (static_cast<float>(column) + 0.5F) * cell_px;
    const float anchor_y = (static_cast<float>(row) + 0.5F) * cell_px;
    FaceProposal one{.score = 1 / (1 + std::exp(-logits[i]))};
    for (std::size_t k = 0; k < FaceProposal::kNumNumbers; ++k) {
      one.numbers[k] = boxes[i * kNumbersPerBox + k];
      if (k != 2 && k != 3) one.numbers[k] += k % 2 == 0 ? anchor_x : anchor_y;
    }
    proposals.push_back(one);
  }
}

}  // namespace

BlazeFaceDetector::BlazeFaceDetector(std::shared_ptr<const OnnxSession> network, const FaceNetworkOptions& options)
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
           card.outputs[g + 2].shape == std::vector<std::int64_t>{1, num_anchors, std::int64_t{kNumbersPerBox}};
  }
  if (!fits) {
    throw Error(ErrorKind::kModel,
                fmt::format("the model {} is neither a BlazeFace of 896 anchors nor a YuNet", card.name),
                "name one of task face-detection; 'sezim models list' shows them");
  }
  for (int value = 0; value < 256; ++value) {
    const auto input_of = [](int full) { return static_cast<float>(full) / 127.5F - 1; };
    input_of_full_range_[static_cast<std::size_t>(value)] = input_of(value);
    input_of_limited_range_[static_cast<std::size_t>(value)] = input_of(FullRange(static_cast<std::uint8_t>(value)));
  }
}

std::vector<DetectedFace> BlazeFaceDetector::Detect(const GreyView& picture) {
  const Letterbox letterbox = FitInto(picture, side_, side_);
  const auto side = static_cast<std::size_t>(side_);
  Tensor input{{1, side_, side_, 3}, std::vector<float>(side * side * 3, -1.0F)};
  const auto& table = picture.limited_range ? input_of_limited_range_ : input_of_full_range_;
  const std::uint8_t* pixel = letterbox.pixels.data();
  for (int y = 0; y < letterbox.height; ++y) {
    const auto row = static_cast<std::size_t>(letterbox.top + y) * side + static_cast<std::size_t>(letterbox.left);
    float* out = &input.values[row * 3];
    for (int x = 0; x < letterbox.width; ++x, out += 3) out[0] = out[1] = out[2] = table[*pixel++];
  }
  const std::vector<Tensor> outputs = network_->Run(std::span(&input, 1));
  const auto min_logit = static_cast<float>(std::log(options_.min_score / (1 - options_.min_score)));
  std::vector<FaceProposal> proposals;
  for (std::size_t g = 0; g < kGrids.size(); ++g) {
    AddProposals(kGrids[g], side_, outputs[g].values, outputs[g + 2].values, min_logit, proposals);
  }
  return FacesOf(MergeProposals(std::move(proposals)), letterbox, picture);
}

}  // namespace sezim
