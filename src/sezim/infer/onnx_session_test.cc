// SPDX-License-Identifier: Apache-2.0
#include "sezim/infer/onnx_session.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <thread>

#include "sezim/base/error.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

Model Shipped(const char* name = "mini-xception") {
  return ModelStore().Load(name);
}

// `count` pictures of 64 x 64, all alike or not.
Tensor Pictures(std::int64_t count, float step = 0) {
  Tensor tensor{{count, 1, 64, 64}, std::vector<float>(static_cast<std::size_t>(count) * 4096)};
  for (std::size_t i = 0; i < tensor.values.size(); ++i) tensor.values[i] = step * static_cast<float>(i % 4096);
  return tensor;
}

TEST(OnnxSession, RunsTheShippedNetworks) {
  for (const char* name : {"mini-xception", "big-xception"}) {
    const OnnxSession session(Shipped(name));
    EXPECT_EQ(session.card().name, name);
    const Tensor input = Pictures(5, 1e-4F);
    const std::vector<Tensor> outputs = session.Run(std::span(&input, 1));
    ASSERT_EQ(outputs.size(), 1U);
    EXPECT_EQ(outputs[0].shape, (std::vector<std::int64_t>{5, 7}));
    ASSERT_EQ(outputs[0].values.size(), 35U);
    for (std::size_t row = 0; row < 5; ++row) {
      const auto from = outputs[0].values.begin() + static_cast<std::ptrdiff_t>(7 * row);
      EXPECT_NEAR(std::accumulate(from, from + 7, 0.0), 1, 1e-4);
    }
  }
}

// `shape` with 2 for every free side.
std::vector<std::int64_t> OfTwo(std::vector<std::int64_t> shape) {
  std::replace(shape.begin(), shape.end(), std::int64_t{-1}, std::int64_t{2});
  return shape;
}

TEST(OnnxSession, FaceAndSpeakerNetworksGiveTheShapesOfTheirCards) {
  for (const char* name : {"blazeface-short", "blazeface-back", "face-mesh", "face-description", "ge2e"}) {
    const OnnxSession session(Shipped(name));
    ASSERT_EQ(session.card().inputs.size(), 1U) << name;
    const std::vector<std::int64_t> shape = OfTwo(session.card().inputs[0].shape);
    const auto size = std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
    const Tensor input{shape, std::vector<float>(static_cast<std::size_t>(size), 0.5F)};
    const std::vector<Tensor> outputs = session.Run(std::span(&input, 1));
    ASSERT_EQ(outputs.size(), session.card().outputs.size()) << name;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      EXPECT_EQ(outputs[i].shape, OfTwo(session.card().outputs[i].shape)) << name;
      EXPECT_THAT(outputs[i].values, testing::Each(testing::Truly([](float value) { return std::isfinite(value); })));
    }
  }
}

TEST(OnnxSession, ReturnsOutputsInTheOrderOfTheCard) {
  Model model = Shipped("silero-vad-sequence");
  std::swap(model.card.outputs[0], model.card.outputs[2]);
  const OnnxSession session(model);
  const std::vector<Tensor> inputs = {{{3, 576}, std::vector<float>(3 * 576)},
                                      {{1, 1, 128}, std::vector<float>(128)},
                                      {{1, 1, 128}, std::vector<float>(128)}};
  const std::vector<Tensor> outputs = session.Run(inputs);
  ASSERT_EQ(outputs.size(), 3U);
  EXPECT_EQ(outputs[0].values.size(), 128U);
  EXPECT_EQ(outputs[2].values.size(), 3U);
}

TEST(OnnxSession, MayBeUsedFromSeveralThreads) {
  const OnnxSession session(Shipped());
  const auto run = [&](int step) {
    const Tensor input = Pictures(3, 1e-5F * static_cast<float>(step));
    return session.Run(std::span(&input, 1)).at(0).values;
  };
  std::vector<std::vector<float>> alone;
  for (int i = 0; i < 4; ++i) alone.push_back(run(i));
  std::vector<std::thread> threads;
  std::vector<int> num_different(4, 0);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      const auto at = static_cast<std::size_t>(i);
      for (int round = 0; round < 10; ++round) num_different[at] += run(i) == alone[at] ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(num_different, testing::Each(0));
}

TEST(OnnxSession, RequiresTheInputsThatTheCardPromises) {
  const OnnxSession session(Shipped());
  EXPECT_THROW(session.Run({}), ContractViolation);
  for (const Tensor& bad :
       {Tensor{{1, 1, 64, 32}, std::vector<float>(2048)}, Tensor{{1, 64, 64}, std::vector<float>(4096)},
        Tensor{{2, 1, 64, 64}, std::vector<float>(4096)}, Tensor{{1, 1, 64, 64}, {}}}) {
    EXPECT_THROW(session.Run(std::span(&bad, 1)), ContractViolation);
  }
}

TEST(OnnxSession, RefusesWeightsThatAreNoNetwork) {
  Model model = Shipped();
  const std::string whole = model.weights;
  for (const std::string& weights :
       {std::string(), std::string("not a network"), whole.substr(0, whole.size() / 2), std::string(5000, '\0')}) {
    model.weights = weights;
    const Error error = ThrownBy([&] { OnnxSession session(model); });
    EXPECT_EQ(error.kind(), ErrorKind::kModel);
    EXPECT_THAT(error.what(), HasSubstr("mini-xception"));
    EXPECT_THAT(error.remedy(), HasSubstr("sezim models verify mini-xception"));
  }
}

TEST(OnnxSession, RefusesACardThatNamesOtherTensors) {
  Model model = Shipped();
  model.card.inputs[0].name = "picture";
  EXPECT_THAT(ThrownBy([&] { OnnxSession session(model); }).what(), HasSubstr("'picture'"));
  model = Shipped();
  model.card.outputs[0].name = "classes";
  EXPECT_THAT(ThrownBy([&] { OnnxSession session(model); }).what(), HasSubstr("'classes'"));
}

TEST(OnnxSession, ACardWithAnotherShapeFailsAsAModel) {
  Model model = Shipped();
  model.card.inputs[0].shape = {-1, -1, -1, -1};
  const OnnxSession session(model);
  const Tensor input{{1, 2, 64, 64}, std::vector<float>(8192)};  // two channels where it takes one
  EXPECT_EQ(ThrownBy([&] { session.Run(std::span(&input, 1)); }).kind(), ErrorKind::kModel);
}

}  // namespace
}  // namespace sezim
