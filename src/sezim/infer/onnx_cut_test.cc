// SPDX-License-Identifier: Apache-2.0
#include "sezim/infer/onnx_cut.h"

#include <gmock/gmock.h>

#include "sezim/base/error.h"
#include "sezim/infer/onnx_session.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

Tensor Mel() {
  Tensor mel{{1, 30, 40}, std::vector<float>(1200)};
  for (std::size_t i = 0; i < mel.values.size(); ++i) mel.values[i] = static_cast<float>(i % 17) / 17;
  return mel;
}

TEST(OnnxCut, APartGivesWhatTheWholeGives) {
  const Model whole = ModelStore().Load("ge2e");
  const std::vector<std::string> wanted = {"layer2", "layer1"};
  const Model part = CutModel(whole, wanted);
  ASSERT_EQ(part.card.outputs.size(), 2U);
  EXPECT_EQ(part.card.outputs[0].name, "layer1");
  // The third layer's weights, and the linear one's, are away: of its three layers the first is the smallest.
  EXPECT_LT(part.weights.size(), whole.weights.size() * 2 / 3);
  const Tensor mel = Mel();
  const std::vector<Tensor> all = OnnxSession(whole).Run(std::span(&mel, 1));
  const std::vector<Tensor> some = OnnxSession(part).Run(std::span(&mel, 1));
  ASSERT_EQ(some.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(some[i].shape, all[i + 1].shape);
    EXPECT_EQ(some[i].values, all[i + 1].values);
  }
}

TEST(OnnxCut, AllOutputsAreTheWholeNetwork) {
  const Model whole = ModelStore().Load("ge2e");
  std::vector<std::string> wanted;
  for (const TensorCard& output : whole.card.outputs) wanted.push_back(output.name);
  EXPECT_EQ(CutModel(whole, wanted).weights, whole.weights);
}

TEST(OnnxCut, WhatIsNotThereIsAnError) {
  const Model whole = ModelStore().Load("ge2e");
  for (const std::vector<std::string>& wanted :
       {std::vector<std::string>{"layer4"}, std::vector<std::string>{"layer1", "mel"}, std::vector<std::string>{}}) {
    const Error error = ThrownBy([&] { CutModel(whole, wanted); });
    EXPECT_EQ(error.kind(), ErrorKind::kModel);
    EXPECT_THAT(error.what(), HasSubstr("ge2e"));
  }
}

TEST(OnnxCut, RefusesBytesThatAreNoNetwork) {
  const Model whole = ModelStore().Load("ge2e");
  const std::vector<std::string> wanted = {"layer1"};
  Model bad = whole;
  for (const std::string& weights : {std::string(), std::string("not a network"), std::string(20, '\xff'),
                                     whole.weights.substr(0, whole.weights.size() / 2)}) {
    bad.weights = weights;
    EXPECT_EQ(ThrownBy([&] { CutModel(bad, wanted); }).kind(), ErrorKind::kModel);
  }
}

TEST(OnnxCut, RefusesNetworksWithin) {
  // A model with a graph (7) of one node (1) with an attribute (5) that holds a graph (6) of no bytes.
  Model model = ModelStore().Load("ge2e");
  model.weights = std::string("\x3a\x06\x0a\x04\x2a\x02\x32\x00", 8);
  const std::vector<std::string> wanted = {"layer1"};
  EXPECT_THAT(ThrownBy([&] { CutModel(model, wanted); }).what(), HasSubstr("networks within"));
}

}  // namespace
}  // namespace sezim
