// SPDX-License-Identifier: Apache-2.0
#include "sezim/infer/onnx_graph.h"

#include <gtest/gtest.h>

#include <array>

#include "sezim/infer/onnx_session.h"
#include "support/thrown.h"

namespace sezim {
namespace {

// y = 2 x + b, then the first and the last of the three numbers.
std::string Graph() {
  OnnxGraph graph("lines");
  graph.AddInput("x", std::array<OnnxSize, 2>{"N", std::int64_t{3}});
  const std::string doubled = graph.AddNode("Mul", std::array{std::string("x"), graph.AddNumber(2)});
  const std::string b = graph.AddWeight("b", {.shape = {3}, .values = {1, -2, 0.5F}});
  const std::string line = graph.AddNode("Add", std::array{doubled, b});
  const std::string which = graph.AddIntegers(std::array<std::int64_t, 2>{0, -1});
  graph.AddNodeAs("Gather", std::array{line, which}, "y", std::array{OnnxAttribute{"axis", std::int64_t{1}}});
  graph.AddOutput("y", std::array<OnnxSize, 2>{"N", std::int64_t{2}});
  return graph.Bytes();
}

TEST(OnnxGraph, RunsInOnnxRuntime) {
  Model model;
  model.card.name = "lines";
  model.card.inputs = {{"x", "float32", {-1, 3}, ""}};
  model.card.outputs = {{"y", "float32", {-1, 2}, ""}};
  model.weights = Graph();
  const Tensor x{.shape = {2, 3}, .values = {1, 2, 3, -1, -2, -3}};
  const Tensor y = OnnxSession(model).Run(std::span(&x, 1)).front();
  EXPECT_EQ(y.shape, (std::vector<std::int64_t>{2, 2}));
  EXPECT_EQ(y.values, (std::vector<float>{3, 6.5, -1, -5.5}));
}

TEST(ReadOnnxWeights, GivesTheFloatsByName) {
  const Weights weights = ReadOnnxWeights(Graph(), "it");
  EXPECT_EQ(weights.at("b").shape, std::vector<std::int64_t>{3});
  EXPECT_EQ(weights.at("b").values, (std::vector<float>{1, -2, 0.5F}));
}

TEST(ReadOnnxWeights, ATensorMayHoldNoNumbers) {
  OnnxGraph graph("none");
  graph.AddWeight("none", {.shape = {0, 2}, .values = {}});
  const Weights weights = ReadOnnxWeights(graph.Bytes(), "it");
  EXPECT_EQ(weights.at("none").shape, (std::vector<std::int64_t>{0, 2}));
  EXPECT_TRUE(weights.at("none").values.empty());
}

TEST(ReadOnnxWeights, ReadsOrRefusesWhateverItIsGiven) {
  const std::string whole = Graph();
  const auto try_it = [](const std::string& bytes) {
    try {
      for (const auto& [name, tensor] : ReadOnnxWeights(bytes, "it")) {
        std::int64_t count = 1;
        for (const std::int64_t size : tensor.shape) count *= size;
        EXPECT_EQ(count, std::ssize(tensor.values));
      }
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kModel);
    }
  };
  for (std::size_t size = 0; size < whole.size(); ++size) try_it(whole.substr(0, size));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char byte : {'\0', '\x7f', '\x80', '\xff'}) {
      std::string damaged = whole;
      damaged[at] = byte;
      try_it(damaged);
    }
  }
  EXPECT_EQ(ThrownBy([] { ReadOnnxWeights("", "'x.onnx'"); }).kind(), ErrorKind::kModel);
  EXPECT_EQ(ThrownBy([&] { ReadOnnxWeights(whole.substr(0, whole.size() / 2), "'x.onnx'"); }).kind(),
            ErrorKind::kModel);
}

}  // namespace
}  // namespace sezim
