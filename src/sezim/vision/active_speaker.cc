// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/active_speaker.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/features/mfcc.h"

namespace sezim {
namespace {

using Shape = std::vector<std::int64_t>;

constexpr std::int64_t kSide = kSpeakerLayout.side;
constexpr std::size_t kPixels = std::size_t{kSide} * kSide;
constexpr std::int64_t kFramesPerPicture = 4;

// Pictures shown to the network at once, and how far it looks beyond each: by 2 and 1 in each of three blocks.
constexpr std::size_t kAtOnce = 64;
constexpr std::size_t kReach = 9;

void Require(const OnnxSession& network, const char* task, const std::vector<Shape>& inputs, const Shape& output) {
  const ModelCard& card = network.card();
  bool fits = card.task == task && card.outputs.size() == 1 && card.outputs[0].shape == output;
  fits = fits && std::equal(inputs.begin(), inputs.end(), card.inputs.begin(), card.inputs.end(),
                            [](const Shape& shape, const TensorCard& input) { return input.shape == shape; });
  if (fits) return;
  throw Error(ErrorKind::kModel, fmt::format("the model {} is no network of task {}", card.name, task),
              "name LR-ASD or one of its interface; 'sezim models list' shows them");
}

// Throws Error (kModel) unless the network gave so many numbers.
std::vector<float> Only(const OnnxSession& network, std::span<const Tensor> inputs, std::size_t num_numbers) {
  std::vector<Tensor> outputs = network.Run(inputs);
  if (outputs[0].values.size() != num_numbers) {
    throw Error(
        ErrorKind::kModel,
        fmt::format("the model {} gave {} numbers, not {}", network.card().name, outputs[0].values.size(), num_numbers),
        "name LR-ASD or one of its interface; 'sezim models list' shows them");
  }
  return std::move(outputs[0].values);
}

}  // namespace

ActiveSpeaker::ActiveSpeaker(std::shared_ptr<const OnnxSession> faces, std::shared_ptr<const OnnxSession> voice)
    : faces_(std::move(faces)), voice_(std::move(voice)) {
  constexpr auto kSize = static_cast<std::int64_t>(kSpeakerFeatures);
  Require(*faces_, "active-speaker-faces", {{-1, 1, kSide, kSide}}, {-1, kSize});
  Require(*voice_, "active-speaker-voice", {{-1, kSize}, {1, -1, kNumMfcc}}, {1, -1});
}

std::vector<float> ActiveSpeaker::Look(std::span<const std::uint8_t> faces) const {
  Check(faces.size() % kPixels == 0, "whole pictures");
  const std::size_t num_pictures = faces.size() / kPixels;
  std::vector<float> features;
  features.reserve(num_pictures * kSpeakerFeatures);
  for (std::size_t first = 0; first < num_pictures; first += kAtOnce) {
    const std::size_t end = std::min(first + kAtOnce, num_pictures);
    const std::size_t shown_from = first - std::min(first, kReach);
    const std::size_t shown_end = std::min(end + kReach, num_pictures);
    const auto shown = faces.subspan(shown_from * kPixels, (shown_end - shown_from) * kPixels);
    const Tensor input{{static_cast<std::int64_t>(shown_end - shown_from), 1, kSide, kSide},
                       std::vector<float>(shown.begin(), shown.end())};
    const std::vector<float> seen = Only(*faces_, std::span(&input, 1), (shown_end - shown_from) * kSpeakerFeatures);
    const auto at = [&](std::size_t picture) {
      return seen.begin() + static_cast<std::ptrdiff_t>((picture - shown_from) * kSpeakerFeatures);
    };
    features.insert(features.end(), at(first), at(end));
  }
  return features;
}

std::vector<float> ActiveSpeaker::Listen(std::span<const float> features, std::span<const std::int16_t> sound) const {
  Check(features.size() % kSpeakerFeatures == 0, "features of whole pictures");
  if (features.empty()) return {};
  const auto num_pictures = static_cast<std::int64_t>(features.size() / kSpeakerFeatures);
  const std::int64_t num_frames = kFramesPerPicture * num_pictures;
  const std::array<Tensor, 2> inputs = {
      Tensor{{num_pictures, static_cast<std::int64_t>(kSpeakerFeatures)}, {features.begin(), features.end()}},
      Tensor{{1, num_frames, kNumMfcc}, Mfcc(sound, num_frames)}};
  return Only(*voice_, inputs, static_cast<std::size_t>(num_pictures));
}

}  // namespace sezim
