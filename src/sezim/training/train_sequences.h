// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>

#include "sezim/features/feature_matrix.h"
#include "sezim/training/train_network.h"

namespace sezim {

// What is known of a clip: its frames, which are borrowed, or one vector (num_frames == 1); and its class.
struct LabelledFrames {
  const FeatureMatrix* frames = nullptr;
  int label = 0;
};

// How clips of frames are changed for training, each time they come.
struct FrameVariation {
  int max_frames = 0;      // of a longer clip so many frames come, from a place drawn at random; 0: all
  int num_time_masks = 0;  // SpecAugment (Park et al. 2019): so many stretches of time, each of up to
  int max_time_mask = 0;   // so many frames, and so many
  int num_dim_masks = 0;   // bands of neighbouring numbers, each of up to
  int max_dim_mask = 0;    // so many, become the clip's mean

  bool ChangesSomething() const { return max_frames > 0 || num_time_masks > 0 || num_dim_masks > 0; }
  void Check() const;  // throws Error (kUsage)
};

struct SequenceTraining {
  std::string network = "bilstm";  // a name of NetworkKinds() that takes vectors or sequences
  int num_layers = 1;              // NetworkShape has these
  double dropout = 0.5;
  FrameVariation variation{};
  TrainingOptions options{};
  Weights initial{};  // to start with, of ReadOnnxWeights
};

// Trains a network that takes clips of frames, or vectors. All clips have the same dim; none is empty. Speakers of the
// two parts should differ: that is the caller's choice. Throws what Train throws, and Error (kBadInput) that names the
// first clip (its part and index from 0) with a number that is none.
TrainedNetwork TrainSequenceNetwork(const SequenceTraining& training, std::span<const LabelledFrames> train,
                                    std::span<const LabelledFrames> validation, int num_classes, std::stop_token stop,
                                    const std::function<void(const TrainingProgress&)>& on_progress);

}  // namespace sezim
