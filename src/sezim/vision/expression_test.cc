// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/expression.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>

#include "sezim/base/error.h"
#include "support/thrown.h"

namespace sezim {
namespace {

std::shared_ptr<const OnnxSession> Network(const std::string& name) {
  return std::make_shared<OnnxSession>(ModelStore().Load(name));
}

// The numbers in [-1, 1) that golden/expression/*.json describe in their "formula".
std::vector<float> GoldenPicture(unsigned k) {
  std::vector<float> picture(std::size_t{kFaceSide} * kFaceSide);
  const unsigned c = 1U << (k % 4);
  std::uint32_t s = k + 1;
  for (unsigned y = 0; y < kFaceSide; y += c) {
    for (unsigned x = 0; x < kFaceSide; x += c) {
      s = 1'664'525U * s + 1'013'904'223U;
      const float value = static_cast<float>((s >> 8) / 8'388'608.0 - 1);
      for (unsigned i = 0; i < c * c; ++i) picture[(y + i / c) * kFaceSide + x + i % c] = value;
    }
  }
  return picture;
}

class ExpressionGolden : public testing::TestWithParam<std::string> {};

TEST_P(ExpressionGolden, TheNetworkAgreesWithTheReference) {
  std::ifstream file(SEZIM_SOURCE_FOLDER "/golden/expression/" + GetParam() + ".json");
  const auto golden = nlohmann::json::parse(file);
  const auto network = Network(GetParam());
  EXPECT_EQ(network->card().labels, golden["labels"].get<std::vector<std::string>>());
  ASSERT_EQ(golden["outputs"].size(), 8U);
  for (unsigned k = 0; k < 8; ++k) {
    const Tensor input{{1, 1, kFaceSide, kFaceSide}, GoldenPicture(k)};
    const std::vector<float> ours = network->Run(std::span(&input, 1)).at(0).values;
    const auto theirs = golden["outputs"][k].get<std::vector<float>>();
    ASSERT_EQ(ours.size(), theirs.size());
    for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_NEAR(ours[i], theirs[i], 1e-3) << "picture " << k;
  }
}

INSTANTIATE_TEST_SUITE_P(All, ExpressionGolden, testing::Values("mini-xception", "big-xception"),
                         [](const auto& name) { return name.param.substr(0, name.param.find('-')); });

std::vector<FaceCrop> RandomFaces(std::size_t count) {
  std::mt19937 random(9);
  std::vector<FaceCrop> faces(count);
  for (FaceCrop& face : faces) {
    const unsigned level = random() % 128;
    for (std::uint8_t& pixel : face) pixel = static_cast<std::uint8_t>(level + random() % 128);
  }
  return faces;
}

// Each output of the network goes to the emotion that the card's label of that place names, and each pixel
// goes in by the card's range.
TEST(ExpressionRecognizer, MapsPixelsAndLabelsAsTheCardSays) {
  for (const char* name : {"mini-xception", "big-xception"}) {
    for (const double gamma : {1.0, 0.7}) {
      Model model = ModelStore().Load(name);
      model.card.input_gamma = gamma;
      const auto network = std::make_shared<OnnxSession>(model);
      const FaceCrop face = RandomFaces(1)[0];
      const EmotionScores scores = ExpressionRecognizer(network).Recognize(std::span(&face, 1)).at(0);
      Tensor input{{1, 1, kFaceSide, kFaceSide}, {}};
      for (const std::uint8_t pixel : face) {
        input.values.push_back(static_cast<float>(2 * std::pow(pixel / 255.0, gamma) - 1));
      }
      const std::vector<float> raw = network->Run(std::span(&input, 1)).at(0).values;
      for (std::size_t i = 0; i < kNumEmotions; ++i) {
        EXPECT_NEAR(ScoreOf(scores, *EmotionFromName(network->card().labels[i])), raw[i], 1e-4) << name;
      }
      EXPECT_NEAR(std::accumulate(scores.begin(), scores.end(), 0.0), 1, 1e-4);
    }
  }
}

TEST(ExpressionRecognizer, AFaceScoresTheSameWhateverItsBatch) {
  const ExpressionRecognizer recognizer(Network("mini-xception"));
  const std::vector<FaceCrop> faces = RandomFaces(70);
  const std::vector<EmotionScores> together = recognizer.Recognize(faces);
  ASSERT_EQ(together.size(), faces.size());
  EXPECT_TRUE(recognizer.Recognize({}).empty());
  EXPECT_EQ(recognizer.Recognize(faces), together);  // to the bit
  for (const std::size_t i : {0U, 31U, 32U, 63U, 64U, 69U}) {
    const EmotionScores alone = recognizer.Recognize(std::span(faces).subspan(i, 1)).at(0);
    for (std::size_t k = 0; k < kNumEmotions; ++k) EXPECT_NEAR(alone[k], together[i][k], 1e-5) << i;
  }
  std::vector<FaceCrop> turned(faces.rbegin(), faces.rend());
  const std::vector<EmotionScores> backwards = recognizer.Recognize(turned);
  for (std::size_t i = 0; i < faces.size(); ++i) {
    for (std::size_t k = 0; k < kNumEmotions; ++k) EXPECT_NEAR(backwards[69 - i][k], together[i][k], 1e-5) << i;
  }
}

TEST(RecognizeTogether, IsTheMeanOfTheNetworks) {
  std::vector<ExpressionRecognizer> networks;
  networks.emplace_back(Network("mini-xception"));
  networks.emplace_back(Network("big-xception"));
  const std::vector<FaceCrop> faces = RandomFaces(3);
  const auto mini = networks[0].Recognize(faces);
  const auto big = networks[1].Recognize(faces);
  const auto both = RecognizeTogether(networks, faces);
  ASSERT_EQ(both.size(), faces.size());
  for (std::size_t i = 0; i < faces.size(); ++i) {
    EXPECT_NE(mini[i], big[i]);
    for (std::size_t k = 0; k < kNumEmotions; ++k) EXPECT_NEAR(both[i][k], (mini[i][k] + big[i][k]) / 2, 1e-6);
  }
  EXPECT_EQ(RecognizeTogether(std::span(networks).first(1), faces), mini);
  EXPECT_TRUE(RecognizeTogether(networks, {}).empty());
  EXPECT_THROW(RecognizeTogether({}, faces), ContractViolation);
}

TEST(ExpressionRecognizer, RefusesOtherNetworks) {
  EXPECT_EQ(ThrownBy([] { ExpressionRecognizer recognizer(Network("silero-vad-sequence")); }).kind(),
            ErrorKind::kModel);
  const std::vector<std::vector<std::string>> bad_labels = {
      {},
      {"angry", "disgust", "fear", "happy", "sad", "surprise"},
      {"angry", "disgust", "fear", "happy", "sad", "surprise", "surprise"},
      {"angry", "disgust", "fear", "happy", "sad", "surprise", "calm"}};
  for (const auto& labels : bad_labels) {
    Model model = ModelStore().Load("mini-xception");
    model.card.labels = labels;
    const auto network = std::make_shared<OnnxSession>(model);
    EXPECT_EQ(ThrownBy([&] { ExpressionRecognizer recognizer(network); }).kind(), ErrorKind::kModel);
  }
}

TEST(CropFace, IsExactAtItsOwnSize) {
  std::vector<std::uint8_t> pixels(100 * 90);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * 37 + i / 100);
  const FaceCrop crop = CropFace({pixels.data(), 100, 90, 100, false}, {5, 7, 64, 64});
  for (std::size_t y = 0; y < 64; ++y) {
    for (std::size_t x = 0; x < 64; ++x) ASSERT_EQ(crop[y * 64 + x], pixels[(y + 7) * 100 + x + 5]);
  }
}

TEST(CropFace, AFlatPictureStaysFlatAtAnySize) {
  const std::vector<std::uint8_t> pixels(400 * 400, 123);
  for (const int side : {1, 2, 20, 63, 64, 65, 127, 128, 129, 200, 400}) {
    const FaceCrop crop = CropFace({pixels.data(), 400, 400, 400, false}, {0, 0, side, side});
    EXPECT_TRUE(std::all_of(crop.begin(), crop.end(), [](std::uint8_t p) { return p == 123; })) << side;
  }
}

TEST(CropFace, LimitedRangeBecomesFull) {
  const std::vector<std::pair<int, int>> levels = {{0, 0}, {16, 0}, {17, 1}, {126, 128}, {235, 255}, {255, 255}};
  for (const auto& [limited, full] : levels) {  // (126 - 16) * 255 / 219 = 128.08
    const std::vector<std::uint8_t> pixels(64 * 64, static_cast<std::uint8_t>(limited));
    EXPECT_EQ(CropFace({pixels.data(), 64, 64, 64, true}, {0, 0, 64, 64})[99], full) << limited;
    EXPECT_EQ(CropFace({pixels.data(), 64, 64, 64, false}, {0, 0, 64, 64})[99], limited);
  }
}

TEST(CropFace, ShrinkingFarAveragesFineDetail) {
  std::vector<std::uint8_t> board(320 * 320);  // each pixel out is 5 x 5, 12 or 13 of them white
  for (std::size_t i = 0; i < board.size(); ++i) board[i] = (i / 320 + i) % 2 == 0 ? 0 : 200;
  for (const std::uint8_t pixel : CropFace({board.data(), 320, 320, 320, false}, {0, 0, 320, 320})) {
    ASSERT_NEAR(pixel, 100, 5);
  }
}

TEST(CropFace, RefusesBoxesThatReachOut) {
  const std::vector<std::uint8_t> pixels(100 * 100);
  const GreyView picture{pixels.data(), 100, 100, 100, false};
  for (const FaceBox& box : {FaceBox{-1, 0, 10, 10}, {0, -1, 10, 10}, {95, 0, 6, 5}, {0, 95, 5, 6}, {0, 0, 0, 5}}) {
    EXPECT_THROW(CropFace(picture, box), ContractViolation);
  }
  EXPECT_NO_THROW(CropFace(picture, {99, 99, 1, 1}));
}

}  // namespace
}  // namespace sezim
