// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "sezim/training/face_pictures.h"
#include "sezim/training/face_variation.h"
#include "sezim/training/train_network.h"

namespace sezim {

struct FaceTraining {
  std::string network = "residual";  // or "mini-xception"
  int width = 0;                     // NetworkShape has these; 0: the network's usual
  double dropout = 0.3;
  FaceVariation variation{};
  TrainingOptions options = FaceTrainingOptions();
  Weights initial{};  // to start with, of ReadOnnxWeights

  // 60 epochs of stochastic gradient descent with cosine learning rate from 0.1, 128 faces a batch, label smoothing of
  // 0.1 and averaged weights: what docs/training.md was measured with.
  static TrainingOptions FaceTrainingOptions();
};

// Trains a network that tells the seven emotions, in the order of kEmotions, from pictures of faces, black -1 and
// white 1. Both parts have the same side, 48 or more. Without validation faces the last epoch's weights are kept.
// Throws what Train throws.
TrainedNetwork TrainFaceNetwork(const FaceTraining& training, const FacePictures& train, const FacePictures& validation,
                                std::stop_token stop, const std::function<void(const TrainingProgress&)>& on_progress);

// The model file that the harvest's expression recogniser takes: "image" [N, 1, 64, 64], black -1 and white 1, to
// "probabilities" [N, 7], the mean over the face and its mirror image before the softmax.
std::string ExpressionModel(const FaceTraining& training, const TrainedNetwork& trained, int side);

}  // namespace sezim
