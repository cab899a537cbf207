// SPDX-License-Identifier: Apache-2.0
#include "sezim/infer/onnx_cut.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string_view>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/infer/protobuf.h"

namespace sezim {
namespace {

// Numbers of fields in onnx.proto3, of which only those that matter here.
constexpr unsigned kModelGraph = 7;
constexpr std::uint64_t kGraphNode = 1, kGraphInitializer = 5, kGraphOutput = 12, kGraphValueInfo = 13;
constexpr std::uint64_t kNodeInput = 1, kNodeOutput = 2, kNodeAttribute = 5;
constexpr std::uint64_t kAttributeGraph = 6, kAttributeGraphs = 11;
constexpr std::uint64_t kTensorName = 8, kValueName = 1;

std::string_view NameOf(const ProtobufField& message, std::uint64_t name_field) {
  for (const ProtobufField& field : ProtobufFieldsOf(message.content)) {
    if (field.number == name_field) return field.content;
  }
  return {};
}

struct Node {
  std::vector<std::string_view> inputs, outputs;
};

Node NodeOf(const ProtobufField& message) {
  Node node;
  for (const ProtobufField& field : ProtobufFieldsOf(message.content)) {
    if (field.number == kNodeInput) node.inputs.push_back(field.content);
    if (field.number == kNodeOutput) node.outputs.push_back(field.content);
    if (field.number != kNodeAttribute) continue;
    for (const ProtobufField& part : ProtobufFieldsOf(field.content)) {
      if (part.number == kAttributeGraph || part.number == kAttributeGraphs) throw MalformedProtobuf();
    }
  }
  return node;
}

// The graph less what `needed`, which are outputs at first, does not rest on.
std::string CutGraph(std::string_view graph, std::set<std::string_view> needed) {
  const std::vector<ProtobufField> fields = ProtobufFieldsOf(graph);
  const std::set<std::string_view> outputs = needed;
  std::vector<bool> keep(fields.size(), true);
  // A node stands behind those whose values it takes.
  for (std::size_t i = fields.size(); i-- > 0;) {
    if (fields[i].number != kGraphNode) continue;
    const Node node = NodeOf(fields[i]);
    keep[i] = std::any_of(node.outputs.begin(), node.outputs.end(), [&](auto name) { return needed.contains(name); });
    if (keep[i]) needed.insert(node.inputs.begin(), node.inputs.end());
  }
  std::string cut;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const ProtobufField& field = fields[i];
    if (field.number == kGraphInitializer) keep[i] = needed.contains(NameOf(field, kTensorName));
    if (field.number == kGraphOutput) keep[i] = outputs.contains(NameOf(field, kValueName));
    if (field.number == kGraphValueInfo) keep[i] = false;  // shapes, which the runtime finds out itself
    if (keep[i]) cut += field.whole;
  }
  return cut;
}

}  // namespace

Model CutModel(const Model& model, std::span<const std::string> outputs) {
  const auto fail = [&](const std::string& what) {
    throw Error(ErrorKind::kModel, fmt::format("the model {}: {}", model.card.name, what),
                fmt::format("check it with 'sezim models verify {}'", model.card.name));
  };
  Model cut{.card = model.card, .weights = {}};
  std::erase_if(cut.card.outputs, [&](const TensorCard& output) {
    return std::find(outputs.begin(), outputs.end(), output.name) == outputs.end();
  });
  if (cut.card.outputs.size() != std::set(outputs.begin(), outputs.end()).size() || outputs.empty()) {
    fail("its card lacks an output that is asked for");
  }
  try {
    bool has_graph = false;
    for (const ProtobufField& field : ProtobufFieldsOf(model.weights)) {
      if (field.number != kModelGraph) {
        cut.weights += field.whole;
        continue;
      }
      has_graph = true;
      const std::string graph = CutGraph(field.content, {outputs.begin(), outputs.end()});
      AppendProtobufBytes(cut.weights, kModelGraph, graph);
    }
    if (!has_graph) throw MalformedProtobuf();
  } catch (const MalformedProtobuf&) {
    fail("it is no ONNX network, or one with networks within, which cannot be cut");
  }
  return cut;
}

}  // namespace sezim
