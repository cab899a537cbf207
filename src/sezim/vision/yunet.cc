// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/yunet.h"

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

// One grid for each size of cell, in pixels; the sides of the input are multiples of the largest.
constexpr std::array<int, 3> kCells = {8, 16, 32};

// The outputs come in groups of three, one for each size of cell: probability of a face where there is something,
// probability that there is something, box, key points.
enum Output : std::size_t { kFace, kObject, kBox, kPoints };
constexpr std::array<std::int64_t, 4> kNumbersOf = {1, 1, 4, 10};
constexpr std::size_t kNumOutputs = kNumbersOf.size() * kCells.size();

struct InputSize {
  int width;
  int height;
};

// That of the card, or the smallest that holds the picture with a longer side of YuNetDetector::kLongerSide.
InputSize InputFor(const GreyView& picture, const ModelCard& card) {
  const std::vector<std::int64_t>& shape = card.inputs[0].shape;
  if (shape[2] > 0) return {static_cast<int>(shape[3]), static_cast<int>(shape[2])};
  const double scale = static_cast<double>(YuNetDetector::kLongerSide) / std::max(picture.width, picture.height);
  const auto side = [&](int of_picture) {
    const int scaled = std::max(1, static_cast<int>(std::lround(of_picture * scale)));
    return (scaled + kCells.back() - 1) / kCells.back() * kCells.back();
  };
  return {side(picture.width), side(picture.height)};
}

void AddProposals(int cell_px, int columns, const std::array<const float*, kNumbersOf.size()>& numbers,
                  std::size_t num_cells, double min_score, std::vector<FaceProposal>& proposals) {
  for (std::size_t i = 0; i < num_cells; ++i) {
    const float score = std::sqrt(numbers[kFace][i] * numbers[kObject][i]);
    if (!(score >= min_score)) continue;  // NaN is no face either
    const auto cell = static_cast<float>(cell_px);
    const auto column = static_cast<float>(static_cast<int>(i) % columns);
    const auto row = static_cast<float>(static_cast<int>(i) / columns);
    const float* box = numbers[kBox] + 4 * i;
    const float* points = numbers[kPoints] + 10 * i;
    const auto x = [&](float offset) { return (column + offset) * cell; };
    const auto y = [&](float offset) { return (row + offset) * cell; };
    proposals.push_back({.score = std::min(score, 1.0F),
                         .numbers = {x(box[0]), y(box[1]), std::exp(box[2]) * cell, std::exp(box[3]) * cell,
                                     x(points[0]), y(points[1]), x(points[2]), y(points[3]), x(points[4]), y(points[5]),
                                     x((points[6] + points[8]) / 2), y((points[7] + points[9]) / 2)}});
  }
}

}  // namespace

bool YuNetDetector::Fits(const ModelCard& card) {
  if (card.task != "face-detection" || card.inputs.size() != 1 || card.outputs.size() != kNumOutputs) return false;
  const std::vector<std::int64_t>& shape = card.inputs[0].shape;
  if (shape.size() != 4 || shape[1] != 3 || (shape[2] > 0) != (shape[3] > 0)) return false;
  const auto is_side = [](std::int64_t side) { return side == -1 || (side % kCells.back() == 0 && side <= 4096); };
  if (!is_side(shape[2]) || !is_side(shape[3])) return false;
  for (std::size_t i = 0; i < kNumOutputs; ++i) {
    const std::vector<std::int64_t>& output = card.outputs[i].shape;
    if (output.size() != 3 || output[2] != kNumbersOf[i / kCells.size()]) return false;
  }
  return true;
}

YuNetDetector::YuNetDetector(std::shared_ptr<const OnnxSession> network, const FaceNetworkOptions& options)
    : network_(std::move(network)), options_(options) {
  options.Check();
  KeepOpenCvToOneThread();
  if (!Fits(network_->card())) {
    throw Error(ErrorKind::kModel, fmt::format("the model {} is no YuNet", network_->card().name),
                "name one of task face-detection; 'sezim models list' shows them");
  }
  for (int value = 0; value < 256; ++value) {
    input_of_limited_range_[static_cast<std::size_t>(value)] = FullRange(static_cast<std::uint8_t>(value));
  }
}

std::vector<DetectedFace> YuNetDetector::Detect(const GreyView& picture) {
  const InputSize size = InputFor(picture, network_->card());
  const Letterbox letterbox = FitInto(picture, size.width, size.height);
  const auto plane = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
  Tensor input{{1, 3, size.height, size.width}, std::vector<float>(3 * plane, 0.0F)};
  const std::uint8_t* pixel = letterbox.pixels.data();
  for (int y = 0; y < letterbox.height; ++y) {
    float* out = &input.values[static_cast<std::size_t>(letterbox.top + y) * static_cast<std::size_t>(size.width) +
                               static_cast<std::size_t>(letterbox.left)];
    for (int x = 0; x < letterbox.width; ++x, ++pixel) {
      *out++ = picture.limited_range ? input_of_limited_range_[*pixel] : static_cast<float>(*pixel);
    }
  }
  for (const std::size_t copy : {1U, 2U}) {
    std::copy_n(input.values.begin(), plane, input.values.begin() + static_cast<std::ptrdiff_t>(copy * plane));
  }

  const std::vector<Tensor> outputs = network_->Run(std::span(&input, 1));
  std::vector<FaceProposal> proposals;
  for (std::size_t g = 0; g < kCells.size(); ++g) {
    const int columns = size.width / kCells[g];
    const auto num_cells = static_cast<std::size_t>(columns) * static_cast<std::size_t>(size.height / kCells[g]);
    std::array<const float*, kNumbersOf.size()> numbers{};
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      const std::vector<float>& values = outputs[k * kCells.size() + g].values;
      if (values.size() != num_cells * static_cast<std::size_t>(kNumbersOf[k])) {
        throw Error(
            ErrorKind::kModel,
            fmt::format("the model {}: for a picture of {}x{} its output {} has {} numbers, not {} for each of "
                        "{} cells",
                        network_->card().name, size.width, size.height,
                        network_->card().outputs[k * kCells.size() + g].name, values.size(), kNumbersOf[k], num_cells),
            "name a YuNet; 'sezim models list' shows what there is");
      }
      numbers[k] = values.data();
    }
    AddProposals(kCells[g], columns, numbers, num_cells, options_.min_score, proposals);
  }
  return FacesOf(MergeProposals(std::move(proposals)), letterbox, picture);
}

}  // namespace sezim
