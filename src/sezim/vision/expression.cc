// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <set>

#include "sezim/base/error.h"
#include "sezim/vision/luma_range.h"

namespace sezim {
namespace {

constexpr std::size_t kMaxBatch = 32;
constexpr std::size_t kPixels = std::size_t{kFaceSide} * kFaceSide;

}  // namespace

FaceCrop CropFace(const GreyView& picture, const FaceBox& box) {
  Check(box.width > 0 && box.height > 0 && box.x >= 0 && box.y >= 0 && box.x + box.width <= picture.width &&
            box.y + box.height <= picture.height,
        "a face lies inside its picture");
  const cv::Mat luma(picture.height, picture.width, CV_8UC1, const_cast<std::uint8_t*>(picture.data),
                     static_cast<std::size_t>(picture.stride));
  FaceCrop crop{};
  cv::Mat out(kFaceSide, kFaceSide, CV_8UC1, crop.data());
  const bool shrinks = box.width > 2 * kFaceSide || box.height > 2 * kFaceSide;
  cv::resize(luma(cv::Rect(box.x, box.y, box.width, box.height)), out, out.size(), 0, 0,
             shrinks ? cv::INTER_AREA : cv::INTER_LINEAR);
  if (picture.limited_range) std::transform(crop.begin(), crop.end(), crop.begin(), FullRange);
  return crop;
}

ExpressionRecognizer::ExpressionRecognizer(std::shared_ptr<const OnnxSession> network) : network_(std::move(network)) {
  const ModelCard& card = network_->card();
  const auto refuse = [&](const char* what) {
    throw Error(ErrorKind::kModel, fmt::format("the model {} {}", card.name, what),
                "name an expression network; 'sezim models list' shows them");
  };
  const bool fits = card.task == "expression" && card.inputs.size() == 1 && card.outputs.size() == 1 &&
                    card.inputs[0].shape == std::vector<std::int64_t>{-1, 1, kFaceSide, kFaceSide} &&
                    card.outputs[0].shape == std::vector<std::int64_t>{-1, kNumEmotions};
  if (!fits) refuse("is not an expression network of [N, 1, 64, 64] grey faces and [N, 7] probabilities");
  std::set<Emotion> seen;
  if (card.labels.size() != kNumEmotions) refuse("does not name seven labels");
  for (std::size_t i = 0; i < kNumEmotions; ++i) {
    const auto emotion = EmotionFromName(card.labels[i]);
    if (!emotion || !seen.insert(*emotion).second) refuse("has labels that are not the seven emotions, each once");
    labels_[i] = *emotion;
  }
  if (!card.card_sha256.empty()) RequireUnchanged(card);
  for (std::size_t pixel = 0; pixel < input_of_pixel_.size(); ++pixel) {
    const double share = std::pow(static_cast<double>(pixel) / 255.0, card.input_gamma);
    input_of_pixel_[pixel] = static_cast<float>(card.input_black + (card.input_white - card.input_black) * share);
  }
}

std::vector<EmotionScores> ExpressionRecognizer::Recognize(std::span<const FaceCrop> faces) const {
  std::vector<EmotionScores> scores;
  scores.reserve(faces.size());
  while (!faces.empty()) {
    const auto batch = faces.first(std::min(kMaxBatch, faces.size()));
    faces = faces.subspan(batch.size());
    Tensor input{{static_cast<std::int64_t>(batch.size()), 1, kFaceSide, kFaceSide}, {}};
    input.values.reserve(batch.size() * kPixels);
    for (const FaceCrop& face : batch) {
      for (const std::uint8_t pixel : face) input.values.push_back(input_of_pixel_[pixel]);
    }
    const std::vector<Tensor> outputs = network_->Run(std::span(&input, 1));
    Check(outputs[0].values.size() == batch.size() * kNumEmotions, "an expression network gives 7 numbers a face");
    for (std::size_t i = 0; i < batch.size(); ++i) {
      EmotionScores one{};
      for (std::size_t k = 0; k < kNumEmotions; ++k) ScoreOf(one, labels_[k]) = outputs[0].values[i * kNumEmotions + k];
      scores.push_back(one);
    }
  }
  return scores;
}

std::vector<EmotionScores> RecognizeTogether(std::span<const ExpressionRecognizer> networks,
                                             std::span<const FaceCrop> faces) {
  Check(!networks.empty(), "at least one network recognises");
  std::vector<EmotionScores> mean(faces.size(), EmotionScores{});
  for (const ExpressionRecognizer& network : networks) {
    const std::vector<EmotionScores> scores = network.Recognize(faces);
    for (std::size_t i = 0; i < faces.size(); ++i) {
      for (std::size_t k = 0; k < kNumEmotions; ++k) mean[i][k] += scores[i][k];
    }
  }
  for (EmotionScores& scores : mean) {
    for (float& score : scores) score /= static_cast<float>(networks.size());
  }
  return mean;
}

}  // namespace sezim
