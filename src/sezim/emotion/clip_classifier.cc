// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/clip_classifier.h"

#include "sezim/base/error.h"

namespace sezim {
namespace {

Model ModelOf(std::string weights, const std::string& input, int dim, int num_classes, const std::string& name) {
  TensorCard in{.name = input, .dtype = "float32", .shape = {-1, dim}};
  if (input == "frames") in.shape = {-1, -1, dim};
  return {.card = {.name = name,
                   .inputs = {in},
                   .outputs = {{.name = "logits", .dtype = "float32", .shape = {-1, num_classes}}}},
          .weights = std::move(weights)};
}

}  // namespace

ClipClassifier::ClipClassifier(std::string weights, const std::string& input, int dim, int num_classes,
                               const std::string& name)
    : takes_frames_(input == "frames"), session_(ModelOf(std::move(weights), input, dim, num_classes, name)) {}

std::vector<float> ClipClassifier::Logits(const FeatureMatrix& clip) const {
  Check(takes_frames_ ? clip.num_frames > 0 : clip.num_frames == 1, "a classifier of vectors takes one row a clip");
  Tensor input{.shape = {1, clip.dim}, .values = clip.values};
  if (takes_frames_) input.shape = {1, clip.num_frames, clip.dim};
  return session_.Run(std::span(&input, 1)).front().values;
}

}  // namespace sezim
