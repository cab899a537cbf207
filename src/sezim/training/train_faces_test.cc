// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/train_faces.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>
#include <set>

#include "sezim/infer/onnx_session.h"
#include "sezim/media/jpeg.h"
#include "sezim/training/onnx_layers.h"
#include "sezim/vision/expression.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

constexpr int kSide = 48;
const auto kQuiet = [](const TrainingProgress&) {};

// Noise with a bright bar, at a height that tells the emotion.
FacePictures Bars(std::size_t count, unsigned seed) {
  std::mt19937 generator(seed);
  FacePictures faces{.side = kSide, .pixels = {}, .emotions = {}};
  for (std::size_t i = 0; i < count; ++i) {
    const int bar = 6 + 6 * static_cast<int>(i % kNumEmotions);
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        faces.pixels.push_back(static_cast<std::uint8_t>(generator() % 100 + (std::abs(y - bar) < 3 ? 150 : 0)));
      }
    }
    faces.emotions.push_back(kEmotions[i % kNumEmotions]);
  }
  return faces;
}

FaceTraining Training(const char* network, int num_epochs) {
  FaceTraining training;
  training.network = network;
  training.width = 8;
  training.dropout = 0;
  training.variation = {.mirror = true,
                        .max_turn_deg = 2,
                        .max_shift = 0.02,
                        .max_scale = 0.02,
                        .max_contrast = 0.1,
                        .max_brightness = 0.05,
                        .max_cutout = 0.1};
  training.options.optimizer = Optimizer::kAdamW;
  training.options.learning_rate = 3e-3;
  training.options.num_epochs = num_epochs;
  training.options.batch_size = 16;
  training.options.average = 0;
  training.options.num_threads = 1;
  return training;
}

Model ModelOf(std::string onnx, int side, std::vector<TensorCard> outputs) {
  Model model;
  model.card.name = "trained";
  model.card.task = "expression";
  for (const Emotion emotion : kEmotions) model.card.labels.emplace_back(NameOf(emotion));
  model.card.input_black = -1;
  model.card.input_white = 1;
  model.card.inputs = {{"image", "float32", {-1, 1, side, side}, ""}};
  model.card.outputs = std::move(outputs);
  model.weights = std::move(onnx);
  return model;
}

class AnyFaceNetwork : public ::testing::TestWithParam<const char*> {};

TEST_P(AnyFaceNetwork, OverfitsAndIsTheSameInOnnxRuntime) {
  const FacePictures faces = Bars(32, 1);
  const FaceTraining training = Training(GetParam(), 25);
  const TrainedNetwork trained = TrainFaceNetwork(training, faces, {}, {}, kQuiet);
  const NetworkKind& kind = NetworkKindOf(GetParam());
  const NetworkShape shape{.num_classes = kNumEmotions, .dim = kSide, .width = 8};
  TrainingBatch batch{.inputs = {{32, 1, kSide, kSide}, PlainFace(faces.pixels)}, .lengths = {}};
  const std::vector<Tensor> ours = ApplyNetwork(kind, shape, trained.weights, batch);
  const OnnxSession session(ModelOf(
      trained.onnx, kSide, {{"logits", "float32", {-1, kNumEmotions}, ""}, {"embedding", "float32", {-1, -1}, ""}}));
  const std::vector<Tensor> theirs = session.Run(std::span(&batch.inputs, 1));
  for (std::size_t output = 0; output < 2; ++output) {
    ASSERT_EQ(ours[output].shape, theirs[output].shape);
    for (std::size_t i = 0; i < ours[output].values.size(); ++i) {
      ASSERT_NEAR(ours[output].values[i], theirs[output].values[i], 1e-4);
    }
  }
  int num_right = 0;
  for (std::size_t i = 0; i < faces.size(); ++i) {
    const auto scores = std::span(theirs[0].values).subspan(i * kNumEmotions, kNumEmotions);
    num_right += std::ranges::max_element(scores) - scores.begin() == static_cast<int>(faces.emotions[i]) ? 1 : 0;
  }
  EXPECT_EQ(num_right, 32) << "loss " << trained.epochs.back().loss;
}

TEST_P(AnyFaceNetwork, GivesTheHarvestAnExpressionModel) {
  const FacePictures faces = Bars(14, 1);
  const FaceTraining training = Training(GetParam(), 20);
  const TrainedNetwork trained = TrainFaceNetwork(training, faces, {}, {}, kQuiet);
  const ExpressionRecognizer recognizer(std::make_shared<OnnxSession>(
      ModelOf(ExpressionModel(training, trained, kSide), kFaceSide,
              {{"probabilities", "float32", {-1, static_cast<std::int64_t>(kNumEmotions)}, ""}})));
  std::vector<FaceCrop> crops, mirrored;
  for (std::size_t i = 0; i < faces.size(); ++i) {
    crops.push_back(CropFace({faces.Picture(i).data(), kSide, kSide, kSide}, {0, 0, kSide, kSide}));
    mirrored.push_back(crops.back());
    for (int y = 0; y < kFaceSide; ++y)
      std::reverse(&mirrored.back()[y * kFaceSide], &mirrored.back()[(y + 1) * kFaceSide - 1] + 1);
  }
  const std::vector<EmotionScores> scores = recognizer.Recognize(crops);
  const std::vector<EmotionScores> others = recognizer.Recognize(mirrored);
  int num_right = 0;
  for (std::size_t i = 0; i < faces.size(); ++i) {
    num_right += Strongest(scores[i]) == faces.emotions[i] ? 1 : 0;
    float sum = 0;
    for (std::size_t k = 0; k < kNumEmotions; ++k) {
      sum += scores[i][k];
      EXPECT_NEAR(scores[i][k], others[i][k], 1e-4) << "a face and its mirror image are the same";
    }
    EXPECT_NEAR(sum, 1, 1e-4);
  }
  EXPECT_GE(num_right, 12);
}

TEST_P(AnyFaceNetwork, HasTheExpectedSize) {
  FaceTraining training = Training(GetParam(), 1);
  training.width = 0;
  std::int64_t expected = 56'944;  // of mini-Xception, less its 7 biases, of its authors' 56,951
  if (std::string_view(GetParam()) == "residual") {
    expected = 9 * 32 + 2 * 32 + 256 * 7 + 7;
    for (std::int64_t before = 32, out = 32; out <= 256; before = out, out *= 2) {
      expected += (9 * before + 2) * out + 3 * (9 * out + 2) * out;         // convolutions and what normalises them
      expected += 2 * (out * (out / 8) + out / 8 + (out / 8) * out + out);  // squeeze and excitation
      if (before != out) expected += (before + 2) * out;
    }
  }
  EXPECT_EQ(TrainFaceNetwork(training, Bars(7, 1), {}, {}, kQuiet).num_learnt, expected);
}

INSTANTIATE_TEST_SUITE_P(Networks, AnyFaceNetwork, ::testing::Values("mini-xception", "residual"),
                         [](const auto& each) {
                           return std::string(each.param) == "residual" ? "residual" : "mini_xception";
                         });

TEST(TrainFaceNetwork, LearnsInBfloat16WhatItKeepsInFloat) {
  const FacePictures faces = Bars(28, 1);
  FaceTraining training = Training("residual", 20);
  const double whole = TrainFaceNetwork(training, faces, {}, {}, kQuiet).epochs.front().loss;
  training.options.precision = Precision::kBfloat16;
  const TrainedNetwork trained = TrainFaceNetwork(training, faces, {}, {}, kQuiet);
  EXPECT_NEAR(trained.epochs.front().loss, whole, 0.1);
  EXPECT_NE(trained.epochs.front().loss, whole);
  EXPECT_LT(trained.epochs.back().loss, 0.3 * whole);
  // What bfloat16 can hold has its lower 16 bits at zero.
  const std::vector<float>& weights = trained.weights.at("stem.weight").values;
  EXPECT_TRUE(std::ranges::any_of(weights, [](float w) { return (std::bit_cast<std::uint32_t>(w) & 0xffff) != 0; }));
}

TEST(TrainFaceNetwork, MixesStopsAndResumes) {
  const FacePictures faces = Bars(28, 1);
  const TemporaryFolder folder;
  FaceTraining training = Training("mini-xception", 4);
  training.options.mixup = 0.2;
  training.options.average = 0.9;
  training.options.balance = ClassBalance::kWeights;
  const std::string whole = TrainFaceNetwork(training, faces, Bars(14, 2), {}, kQuiet).onnx;
  training.options.checkpoint = folder / "checkpoint";
  training.options.resume = true;
  std::stop_source stop;
  const TrainedNetwork part =
      TrainFaceNetwork(training, faces, Bars(14, 2), stop.get_token(), [&](const TrainingProgress& progress) {
        if (progress.epoch == 3) stop.request_stop();
      });
  EXPECT_TRUE(part.interrupted);
  EXPECT_EQ(part.epochs.size(), 2U);
  EXPECT_EQ(TrainFaceNetwork(training, faces, Bars(14, 2), {}, kQuiet).onnx, whole);
}

// ---- Variation

TEST(VariedFace, WithoutBoundsIsThePictureItself) {
  const FacePictures faces = Bars(1, 1);
  std::mt19937_64 generator(1);
  const FaceVariation none{.mirror = false,
                           .max_turn_deg = 0,
                           .max_shift = 0,
                           .max_scale = 0,
                           .max_contrast = 0,
                           .max_brightness = 0,
                           .max_cutout = 0};
  const std::vector<float> varied = VariedFace(faces.pixels, kSide, none, generator);
  const std::vector<float> plain = PlainFace(faces.pixels);
  for (std::size_t i = 0; i < plain.size(); ++i) ASSERT_NEAR(varied[i], plain[i], 1e-5);
  EXPECT_EQ(PlainFace(std::vector<std::uint8_t>{0, 255}), (std::vector<float>{-1, 1}));
}

TEST(VariedFace, EachBoundChangesThePicture) {
  const FacePictures faces = Bars(1, 1);
  const FaceVariation none{.mirror = false,
                           .max_turn_deg = 0,
                           .max_shift = 0,
                           .max_scale = 0,
                           .max_contrast = 0,
                           .max_brightness = 0,
                           .max_cutout = 0};
  std::vector<FaceVariation> each(7, none);
  each[0].mirror = true;
  each[1].max_turn_deg = 20;
  each[2].max_shift = 0.2;
  each[3].max_scale = 0.2;
  each[4].max_contrast = 0.3;
  each[5].max_brightness = 0.3;
  each[6].max_cutout = 0.5;
  std::set<std::vector<float>> seen;
  for (const FaceVariation& variation : each) {
    std::mt19937_64 generator(3);
    seen.insert(VariedFace(faces.pixels, kSide, variation, generator));
  }
  EXPECT_EQ(seen.size(), each.size());
  // Mirroring is exact and happens to about half.
  const std::vector<float> plain = PlainFace(faces.pixels);
  std::mt19937_64 generator(3);
  int num_mirrored = 0;
  for (int i = 0; i < 200; ++i) {
    const std::vector<float> varied = VariedFace(faces.pixels, kSide, each[0], generator);
    if (std::abs(varied[0] - plain[kSide - 1]) < 1e-5 && std::abs(varied[5] - plain[kSide - 6]) < 1e-5) ++num_mirrored;
  }
  EXPECT_NEAR(num_mirrored, 100, 30);
  EXPECT_THROW((FaceVariation{.max_shift = 2}.Check()), Error);
}

// ---- Folders

TEST(ReadFaceFolder, ReadsPicturesByEmotionAndListsWhatItCannotRead) {
  const TemporaryFolder folder;
  const auto write = [&](const char* name, int side, std::uint8_t grey) {
    const GreyImage picture{std::vector<std::uint8_t>(static_cast<std::size_t>(side * side), grey), side, side};
    folder.Write(name, EncodeJpeg(picture.view()));
  };
  write("happy/b.jpg", 48, 200);
  write("happy/a.jpg", 96, 100);
  write("angry/z.jpg", 48, 20);
  folder.Write("angry/broken.jpg", "no picture");
  folder.Write("angry/notes.txt", "no picture");
  write("other/a.jpg", 48, 20);
  const FaceFolder read = ReadFaceFolder(folder.path(), 48, [](double) {});
  ASSERT_EQ(read.faces.size(), 3U);
  EXPECT_EQ(read.faces.emotions, (std::vector<Emotion>{Emotion::kAngry, Emotion::kHappy, Emotion::kHappy}));
  EXPECT_NEAR(read.faces.Picture(0)[1000], 20, 2);
  EXPECT_NEAR(read.faces.Picture(1)[1000], 100, 2);
  EXPECT_NEAR(read.faces.Picture(2)[1000], 200, 2);
  ASSERT_EQ(read.problems.size(), 1U);
  EXPECT_EQ(read.problems[0].file.filename(), "broken.jpg");
  EXPECT_FALSE(read.problems[0].what.empty());
  EXPECT_EQ(ThrownBy([&] { ReadFaceFolder(folder / "happy", 48, [](double) {}); }).kind(), ErrorKind::kNotFound);
  EXPECT_EQ(ThrownBy([&] { ReadFaceFolder(folder.path(), 4, [](double) {}); }).kind(), ErrorKind::kUsage);
}

}  // namespace
}  // namespace sezim
