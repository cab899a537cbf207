// SPDX-License-Identifier: Apache-2.0
#include "sezim/infer/onnx_graph.h"

#include <fmt/format.h>

#include <cstring>

#include "sezim/infer/protobuf.h"

namespace sezim {
namespace {

constexpr std::int64_t kIrVersion = 8;  // the oldest that carries opset 17
constexpr std::int64_t kOpset = 17;
constexpr std::string_view kMlDomain = "ai.onnx.ml";
constexpr std::int64_t kMlOpset = 3;

// Field numbers are those of onnx.proto3.
constexpr int kFloat = 1;  // TensorProto.DataType
constexpr int kInt64 = 7;

std::string EncodedAttribute(const OnnxAttribute& attribute) {
  std::string out;
  AppendProtobufBytes(out, 1, attribute.first);
  int type = 0;
  if (const auto* number = std::get_if<std::int64_t>(&attribute.second)) {
    AppendProtobufNumber(out, 3, *number);
    type = 2;
  } else if (const auto* real = std::get_if<float>(&attribute.second)) {
    AppendProtobufFloat(out, 2, *real);
    type = 1;
  } else if (const auto* text = std::get_if<std::string>(&attribute.second)) {
    AppendProtobufBytes(out, 4, *text);
    type = 3;
  } else if (const auto* numbers = std::get_if<std::vector<std::int64_t>>(&attribute.second)) {
    for (const std::int64_t each : *numbers) AppendProtobufNumber(out, 8, each);
    type = 7;
  } else if (const auto* reals = std::get_if<std::vector<float>>(&attribute.second)) {
    for (const float each : *reals) {
      AppendProtobufFloat(out, 7, each);
    }
    type = 6;
  } else {
    for (const std::string& each : std::get<std::vector<std::string>>(attribute.second))
      AppendProtobufBytes(out, 9, each);
    type = 8;
  }
  AppendProtobufNumber(out, 20, type);
  return out;
}

std::string EncodedTensor(std::string_view name, std::span<const std::int64_t> shape, int type, std::string_view raw) {
  std::string out;
  for (const std::int64_t size : shape) AppendProtobufNumber(out, 1, size);
  AppendProtobufNumber(out, 2, type);
  AppendProtobufBytes(out, 8, name);
  AppendProtobufBytes(out, 9, raw);
  return out;
}

std::string EncodedValueInfo(std::string_view name, std::span<const OnnxSize> shape) {
  std::string sizes;
  for (const OnnxSize& size : shape) {
    std::string one;
    if (const auto* number = std::get_if<std::int64_t>(&size)) {
      AppendProtobufNumber(one, 1, *number);
    } else {
      AppendProtobufBytes(one, 2, std::get<std::string>(size));
    }
    AppendProtobufBytes(sizes, 1, one);
  }
  std::string tensor, type, out;
  AppendProtobufNumber(tensor, 1, kFloat);
  AppendProtobufBytes(tensor, 2, sizes);
  AppendProtobufBytes(type, 1, tensor);
  AppendProtobufBytes(out, 1, name);
  AppendProtobufBytes(out, 2, type);
  return out;
}

template <typename T>
std::string_view RawBytes(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

}  // namespace

OnnxGraph::OnnxGraph(std::string_view name) : name_(name) {}

std::string OnnxGraph::NewName() {
  return fmt::format("v{}", num_values_++);
}

void OnnxGraph::AddInput(std::string_view name, std::span<const OnnxSize> shape) {
  AppendProtobufBytes(inputs_, 11, EncodedValueInfo(name, shape));
}

void OnnxGraph::AddOutput(std::string_view name, std::span<const OnnxSize> shape) {
  AppendProtobufBytes(outputs_, 12, EncodedValueInfo(name, shape));
}

std::string OnnxGraph::AddWeight(const std::string& name, const Tensor& weight) {
  AppendProtobufBytes(weights_, 5, EncodedTensor(name, weight.shape, kFloat, RawBytes(std::span(weight.values))));
  return name;
}

std::string OnnxGraph::AddIntegers(std::span<const std::int64_t> numbers) {
  const std::string name = NewName();
  const std::int64_t size = std::ssize(numbers);
  AppendProtobufBytes(weights_, 5, EncodedTensor(name, std::span(&size, 1), kInt64, RawBytes(numbers)));
  return name;
}

std::string OnnxGraph::AddInteger(std::int64_t number) {
  const std::string name = NewName();
  AppendProtobufBytes(weights_, 5,
                      EncodedTensor(name, {}, kInt64, RawBytes(std::span<const std::int64_t>(&number, 1))));
  return name;
}

std::string OnnxGraph::AddNumber(float number) {
  const std::string name = NewName();
  AppendProtobufBytes(weights_, 5, EncodedTensor(name, {}, kFloat, RawBytes(std::span<const float>(&number, 1))));
  return name;
}

std::string OnnxGraph::AddNode(std::string_view op, std::span<const std::string> inputs,
                               std::span<const OnnxAttribute> attributes) {
  const std::string output = NewName();
  AddNodeAs(op, inputs, output, attributes);
  return output;
}

void OnnxGraph::AddNodeAs(std::string_view op, std::span<const std::string> inputs, const std::string& output,
                          std::span<const OnnxAttribute> attributes) {
  Add(op, "", inputs, output, attributes);
}

std::string OnnxGraph::AddMlNode(std::string_view op, std::span<const std::string> inputs,
                                 std::span<const OnnxAttribute> attributes) {
  has_ml_ = true;
  const std::string output = NewName();
  Add(op, kMlDomain, inputs, output, attributes);
  return output;
}

void OnnxGraph::Add(std::string_view op, std::string_view domain, std::span<const std::string> inputs,
                    const std::string& output, std::span<const OnnxAttribute> attributes) {
  std::string node;
  for (const std::string& input : inputs) AppendProtobufBytes(node, 1, input);
  AppendProtobufBytes(node, 2, output);
  AppendProtobufBytes(node, 3, output);
  AppendProtobufBytes(node, 4, op);
  for (const OnnxAttribute& attribute : attributes) AppendProtobufBytes(node, 5, EncodedAttribute(attribute));
  if (!domain.empty()) AppendProtobufBytes(node, 7, domain);
  AppendProtobufBytes(nodes_, 1, node);
}

std::string OnnxGraph::Bytes() const {
  std::string graph = nodes_;
  AppendProtobufBytes(graph, 2, name_);
  graph += weights_ + inputs_ + outputs_;
  std::string opset, model;
  AppendProtobufBytes(opset, 1, "");
  AppendProtobufNumber(opset, 2, kOpset);
  std::string ml_opset;
  AppendProtobufBytes(ml_opset, 1, kMlDomain);
  AppendProtobufNumber(ml_opset, 2, kMlOpset);
  AppendProtobufNumber(model, 1, kIrVersion);
  AppendProtobufBytes(model, 2, "sezim");
  AppendProtobufBytes(model, 7, graph);
  AppendProtobufBytes(model, 8, opset);
  if (has_ml_) AppendProtobufBytes(model, 8, ml_opset);
  return model;
}

}  // namespace sezim
