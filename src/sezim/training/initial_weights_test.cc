// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/initial_weights.h"

#include <gmock/gmock.h>

#include "sezim/infer/onnx_graph.h"

namespace sezim {
namespace {

using testing::ElementsAre;

NetworkStart StartFrom(std::vector<std::string> labels) {
  OnnxGraph graph("network");
  graph.AddInput("x", std::vector<OnnxSize>{"N", 2});
  graph.AddWeight("hidden.weight", {.shape = {2}, .values = {1, 2}});
  graph.AddWeight("classes.weight", {.shape = {3, 2}, .values = {10, 11, 20, 21, 30, 31}});
  graph.AddWeight("classes.bias", {.shape = {3}, .values = {1, 2, 3}});
  graph.AddNodeAs("Identity", std::vector<std::string>{"x"}, "y");
  graph.AddOutput("y", std::vector<OnnxSize>{"N", 2});
  Model model{.card = {.name = "it", .labels = std::move(labels)}, .weights = graph.Bytes()};
  return {.initial = std::make_shared<const Model>(std::move(model))};
}

TEST(InitialWeights, AreTheModelsOwnForTheSameClasses) {
  const std::vector<std::string> classes = {"a", "b", "c"};
  const Weights weights = InitialWeights(StartFrom(classes), classes);
  EXPECT_THAT(weights.at("hidden.weight").values, ElementsAre(1, 2));
  EXPECT_THAT(weights.at("classes.bias").values, ElementsAre(1, 2, 3));
  EXPECT_TRUE(InitialWeights({}, classes).empty());
}

TEST(InitialWeights, GoByTheNamesOfClasses) {
  const std::vector<std::string> classes = {"c", "new", "a", "other"};
  const Weights weights = InitialWeights(StartFrom({"a", "b", "c"}), classes);
  EXPECT_THAT(weights.at("classes.weight").shape, ElementsAre(4, 2));
  EXPECT_THAT(weights.at("classes.weight").values, ElementsAre(30, 31, 0, 0, 10, 11, 0, 0));
  EXPECT_THAT(weights.at("classes.bias").values, ElementsAre(3, 0, 1, 0));
  EXPECT_THAT(weights.at("hidden.weight").values, ElementsAre(1, 2));
}

TEST(InitialWeights, LeaveTheLastLayerOutWhereNoClassIsKnown) {
  const std::vector<std::string> classes = {"x", "y"};
  const Weights weights = InitialWeights(StartFrom({"a", "b", "c"}), classes);
  EXPECT_TRUE(weights.contains("hidden.weight"));
  EXPECT_FALSE(weights.contains("classes.weight"));
}

}  // namespace
}  // namespace sezim
