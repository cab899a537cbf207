// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sezim/infer/weights.h"

namespace sezim {

// One size of an input or output: a number, or the name of one that is free.
using OnnxSize = std::variant<std::int64_t, std::string>;
using OnnxAttribute = std::pair<std::string, std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>,
                                                          std::vector<float>, std::vector<std::string>>>;

// Writes an ONNX model (IR version 8, opset 17) in protobuf's wire format, with what our networks need: float32 inputs,
// outputs and weights, and nodes with one output each. Nodes come in the order in which they are added; the bytes
// depend on what was added only. models/converters/onnx_graph.py does the same for converters.
class OnnxGraph {
 public:
  explicit OnnxGraph(std::string_view name);

  void AddInput(std::string_view name, std::span<const OnnxSize> shape);
  void AddOutput(std::string_view name, std::span<const OnnxSize> shape);

  // Each returns the name of a value that nodes may take.
  std::string AddWeight(const std::string& name, const Tensor& weight);
  std::string AddIntegers(std::span<const std::int64_t> numbers);  // int64 [size]
  std::string AddInteger(std::int64_t number);                     // int64, a scalar
  std::string AddNumber(float number);                             // float32, a scalar
  std::string AddNode(std::string_view op, std::span<const std::string> inputs,
                      std::span<const OnnxAttribute> attributes = {});
  std::string AddNode(std::string_view op, std::initializer_list<std::string> inputs,
                      std::initializer_list<OnnxAttribute> attributes = {}) {
    return AddNode(op, std::span(inputs), std::span(attributes));
  }
  // A node whose output has this name.
  void AddNodeAs(std::string_view op, std::span<const std::string> inputs, const std::string& output,
                 std::span<const OnnxAttribute> attributes = {});

  // A node of ONNX's classic machine learning (the operators ai.onnx.ml, version 3).
  std::string AddMlNode(std::string_view op, std::span<const std::string> inputs,
                        std::span<const OnnxAttribute> attributes);

  // The model file's bytes.
  std::string Bytes() const;

 private:
  std::string NewName();
  void Add(std::string_view op, std::string_view domain, std::span<const std::string> inputs, const std::string& output,
           std::span<const OnnxAttribute> attributes);

  std::string name_;
  std::string nodes_;  // fields of GraphProto, encoded
  std::string weights_;
  std::string inputs_;
  std::string outputs_;
  int num_values_ = 0;
  bool has_ml_ = false;
};

// The float32 weights of an ONNX model, by name. Throws Error (kModel) if `bytes` are not such a model; `origin` is for
// messages.
Weights ReadOnnxWeights(std::string_view bytes, std::string_view origin);

}  // namespace sezim
