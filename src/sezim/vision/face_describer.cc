// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/face_describer.h"

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr int kSide = 224;
constexpr float kMeans[] = {103.939F, 116.779F, 123.68F};  // of the planes blue, green and red, as the card says
constexpr double kMargin =
    0.06;  // of the picture's side is left away all around: the network wants little but the face

}  // namespace

FaceDescriber::FaceDescriber(std::shared_ptr<const OnnxSession> network) : network_(std::move(network)) {
  const ModelCard& card = network_->card();
  const bool fits = card.task == "face-description" && card.inputs.size() == 1 && card.outputs.size() == 1 &&
                    card.inputs[0].shape == std::vector<std::int64_t>{-1, 3, kSide, kSide} &&
                    card.outputs[0].shape == std::vector<std::int64_t>{-1, 1024};
  if (!fits) {
    throw Error(ErrorKind::kModel, "the model '" + card.name + "' does not describe faces as sezim asks it to",
                "use one of task face-description with the interface of the model face-description");
  }
}

std::vector<float> FaceDescriber::Describe(const GreyView& face) const {
  Check(face.width > 0 && face.height > 0 && !face.limited_range, "a face picture of full range");
  const cv::Mat picture(face.height, face.width, CV_8U, const_cast<std::uint8_t*>(face.data),
                        static_cast<std::size_t>(face.stride));
  const int margin_x = static_cast<int>(kMargin * face.width), margin_y = static_cast<int>(kMargin * face.height);
  cv::Mat scaled;
  cv::resize(picture(cv::Rect(margin_x, margin_y, face.width - 2 * margin_x, face.height - 2 * margin_y)), scaled,
             {kSide, kSide}, 0, 0, cv::INTER_LINEAR);
  Tensor planes{.shape = {1, 3, kSide, kSide}, .values = {}};
  planes.values.reserve(std::size_t{3} * kSide * kSide);
  for (const float mean : kMeans) {
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        planes.values.push_back(static_cast<float>(scaled.at<std::uint8_t>(y, x)) - mean);
      }
    }
  }
  std::vector<float> numbers = std::move(network_->Run(std::span(&planes, 1)).front().values);
  double square = 0;
  for (const float number : numbers) square += double{number} * number;
  const auto length = static_cast<float>(std::sqrt(square));
  if (length > 0) {
    for (float& number : numbers) number /= length;
  }
  return numbers;
}

}  // namespace sezim
