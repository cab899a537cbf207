// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/train_face_model.h"

#include <gtest/gtest.h>

#include "sezim/base/error.h"
#include "support/thrown.h"

namespace sezim {
namespace {

Experiment OnFaces(const std::string& system) {
  return ParseExperiment(
      "title = \"t\"\nprotocol = \"face-folder\"\n[model]\nname = \"m\"\ndescription = \"d\"\nlicence = \"l\"\n"
      "[[corpus]]\nreader = \"fer2013\"\n[[system]]\nname = \"s\"\n" +
          system,
      "t");
}

TEST(FaceSystemOf, IsTheUsualTrainingWithoutOptions) {
  // Whoever trained by the library's defaults goes on by this file.
  const FaceSystem system = FaceSystemOf(OnFaces("classifier = \"residual\"\n"), 2);
  const FaceTraining usual;
  const TrainingOptions &a = system.training.options, &b = usual.options;
  EXPECT_EQ(system.side, 48);
  EXPECT_EQ(system.training.network, usual.network);
  EXPECT_EQ(system.training.width, usual.width);
  EXPECT_EQ(system.training.dropout, usual.dropout);
  EXPECT_EQ(a.num_epochs, b.num_epochs);
  EXPECT_EQ(a.batch_size, b.batch_size);
  EXPECT_EQ(a.optimizer, b.optimizer);
  EXPECT_EQ(a.schedule, b.schedule);
  EXPECT_EQ(a.learning_rate, b.learning_rate);
  EXPECT_EQ(a.warmup_epochs, b.warmup_epochs);
  EXPECT_EQ(a.momentum, b.momentum);
  EXPECT_EQ(a.weight_decay, b.weight_decay);
  EXPECT_EQ(a.max_gradient_norm, b.max_gradient_norm);
  EXPECT_EQ(a.label_smoothing, b.label_smoothing);
  EXPECT_EQ(a.mixup, b.mixup);
  EXPECT_EQ(a.average, b.average);
  EXPECT_EQ(a.balance, b.balance);
  EXPECT_EQ(a.patience, b.patience);
  EXPECT_EQ(a.precision, b.precision);
  EXPECT_EQ(a.keep_last, b.keep_last);
  EXPECT_EQ(a.seed, b.seed);
  EXPECT_EQ(a.num_threads, b.num_threads);
  EXPECT_EQ(system.training.variation.max_turn_deg, usual.variation.max_turn_deg);
  EXPECT_EQ(system.training.variation.max_cutout, usual.variation.max_cutout);
}

TEST(FaceSystemOf, TakesOptionsByName) {
  const FaceSystem system = FaceSystemOf(
      OnFaces("classifier = \"mini-xception\"\nbalance = \"over-sample\"\n[system.options]\nepochs = 3\nmirror = 0\n"
              "max_turn_deg = 1\nmax_shift = 0.1\nmax_scale = 0.2\nmax_contrast = 0.3\nmax_brightness = 0.4\n"
              "max_cutout = 0.5\nside = 64\nwidth = 16\ndropout = 0.6\nbfloat16 = 1\nlabel_smoothing = 0.7\n"),
      1);
  EXPECT_EQ(system.training.network, "mini-xception");
  EXPECT_EQ(system.training.options.balance, ClassBalance::kOverSample);
  EXPECT_EQ(system.training.options.num_epochs, 3);
  EXPECT_EQ(system.training.options.label_smoothing, 0.7);
  const FaceVariation& variation = system.training.variation;
  EXPECT_FALSE(variation.mirror);
  EXPECT_EQ(variation.max_turn_deg, 1);
  EXPECT_EQ(variation.max_shift, 0.1);
  EXPECT_EQ(variation.max_scale, 0.2);
  EXPECT_EQ(variation.max_contrast, 0.3);
  EXPECT_EQ(variation.max_brightness, 0.4);
  EXPECT_EQ(variation.max_cutout, 0.5);
  EXPECT_EQ(system.side, 64);
  EXPECT_EQ(system.training.width, 16);
  EXPECT_EQ(system.training.dropout, 0.6);
  EXPECT_EQ(system.training.options.precision, Precision::kBfloat16);
}

TEST(FaceSystemOf, RefusesWhatIsNoOptionOfIt) {
  for (const char* options : {"layers = 2", "side = 20", "epochs = 0", "max_shift = 2", "epochs = 1.5"}) {
    const Experiment experiment = OnFaces(std::string("classifier = \"residual\"\n[system.options]\n") + options);
    EXPECT_EQ(ThrownBy([&] { FaceSystemOf(experiment, 1); }).kind(), ErrorKind::kUsage) << options;
  }
  EXPECT_EQ(ThrownBy([] { FaceSystemOf(OnFaces("classifier = \"bilstm\"\n"), 1); }).kind(), ErrorKind::kUsage);
}

}  // namespace
}  // namespace sezim
