// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/train_recogniser.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <vector>

#include "sezim/emotion/experiment.h"
#include "sezim/learn/classifier.h"
#include "sezim/training/networks.h"
#include "sezim/training/train_sequences.h"

namespace sezim {
namespace {

TEST(TrainRecogniser, TheDnnIsTrainedAsItsPublicationSays) {
  const TrainingOptions options = PublishedDnnOptions();
  EXPECT_EQ(options.optimizer, Optimizer::kSgd);
  EXPECT_EQ(options.schedule, LearningRate::kConstant);
  EXPECT_EQ(options.learning_rate, 0.11);
  EXPECT_EQ(options.warmup_epochs, 0);
  EXPECT_EQ(options.momentum, 0.1);
  EXPECT_EQ(options.batch_size, 256);
  EXPECT_EQ(options.num_epochs, 100);
  EXPECT_EQ(options.balance, ClassBalance::kNone);
  EXPECT_TRUE(options.keep_last);
  EXPECT_EQ(options.patience, 0);

  std::mt19937 generator(1);
  std::normal_distribution<float> normal;
  std::vector<FeatureMatrix> vectors(12, {.num_frames = 1, .dim = 8, .values = {}});
  std::vector<TrainingClip> clips;
  std::vector<LabelledFrames> labelled;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const int label = static_cast<int>(i % 2);
    for (int d = 0; d < 8; ++d) vectors[i].values.push_back(normal(generator) + static_cast<float>(2 * label));
    clips.push_back({.frames = &vectors[i], .label = label});
    labelled.push_back({.frames = &vectors[i], .label = label});
  }
  const NetworkResult asked = MakeNetworkTrainer()({.network = "dnn", .classes = {"angry", "sad"}}, clips, {});
  const TrainedNetwork published =
      TrainSequenceNetwork({.network = "dnn", .options = options}, labelled, {}, 2, {}, [](const TrainingProgress&) {});
  EXPECT_EQ(published.epoch, 100);
  EXPECT_TRUE(asked.onnx == published.onnx);
}

TEST(TrainRecogniser, ShippedFilesNameClassifiersAndNetworksThatThereAre) {
  int num_networks = 0;
  for (const char* folder : {"experiments", "models/recipes"}) {
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(SEZIM_SOURCE_FOLDER) / folder)) {
      if (entry.path().extension() != ".toml") continue;
      for (const ExperimentSystem& system : ReadExperiment(entry.path()).systems) {
        if (system.classifier.empty() || IsClassifierMethod(system.classifier)) continue;
        EXPECT_NO_THROW(NetworkKindOf(system.classifier)) << entry.path() << ": " << system.name;
        ++num_networks;
      }
    }
  }
  EXPECT_GE(num_networks, 10);
}

}  // namespace
}  // namespace sezim
