// SPDX-License-Identifier: Apache-2.0
#include "sezim/infer/onnx_cut.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string_view>
#include <vector>

#include "sezim/base/error.h"

namespace sezim {
namespace {

// Numbers of fields in onnx.proto3, of which only those that matter here.
constexpr std::uint64_t kModelGraph = 7;
constexpr std::uint64_t kGraphNode = 1, kGraphInitializer = 5, kGraphOutput = 12, kGraphValueInfo = 13;
constexpr std::uint64_t kNodeInput = 1, kNodeOutput = 2, kNodeAttribute = 5;
constexpr std::uint64_t kAttributeGraph = 6, kAttributeGraphs = 11;
constexpr std::uint64_t kTensorName = 8, kValueName = 1;

constexpr std::uint64_t kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5;

struct Malformed {};

// One field of a message in Protocol Buffers' encoding.
struct Field {
  std::uint64_t number = 0;
  std::string_view whole;    // with its key
  std::string_view content;  // of one of kind kBytes
};

std::uint64_t TakeVarint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (bytes.empty()) throw Malformed();
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  throw Malformed();
}

std::string_view TakeBytes(std::string_view& bytes, std::uint64_t count) {
  if (count > bytes.size()) throw Malformed();
  const std::string_view taken = bytes.substr(0, count);
  bytes.remove_prefix(count);
  return taken;
}

std::vector<Field> FieldsOf(std::string_view message) {
  std::vector<Field> fields;
  while (!message.empty()) {
    const std::string_view from = message;
    const std::uint64_t key = TakeVarint(message);
    Field field{.number = key >> 3, .whole = {}, .content = {}};
    switch (key & 7) {
      case kVarint: TakeVarint(message); break;
      case kFixed64: TakeBytes(message, 8); break;
      case kBytes: field.content = TakeBytes(message, TakeVarint(message)); break;
      case kFixed32: TakeBytes(message, 4); break;
      default: throw Malformed();
    }
    field.whole = from.substr(0, from.size() - message.size());
    fields.push_back(field);
  }
  return fields;
}

void AppendVarint(std::string& bytes, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  bytes += static_cast<char>(value);
}

std::string_view NameOf(const Field& message, std::uint64_t name_field) {
  for (const Field& field : FieldsOf(message.content)) {
    if (field.number == name_field) return field.content;
  }
  return {};
}

struct Node {
  std::vector<std::string_view> inputs, outputs;
};

Node NodeOf(const Field& message) {
  Node node;
  for (const Field& field : FieldsOf(message.content)) {
    if (field.number == kNodeInput) node.inputs.push_back(field.content);
    if (field.number == kNodeOutput) node.outputs.push_back(field.content);
    if (field.number != kNodeAttribute) continue;
    for (const Field& part : FieldsOf(field.content)) {
      if (part.number == kAttributeGraph || part.number == kAttributeGraphs) throw Malformed();
    }
  }
  return node;
}

// The graph less what `needed`, which are outputs at first, does not rest on.
std::string CutGraph(std::string_view graph, std::set<std::string_view> needed) {
  const std::vector<Field> fields = FieldsOf(graph);
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
    const Field& field = fields[i];
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
    for (const Field& field : FieldsOf(model.weights)) {
      if (field.number != kModelGraph) {
        cut.weights += field.whole;
        continue;
      }
      has_graph = true;
      const std::string graph = CutGraph(field.content, {outputs.begin(), outputs.end()});
      AppendVarint(cut.weights, kModelGraph << 3 | kBytes);
      AppendVarint(cut.weights, graph.size());
      cut.weights += graph;
    }
    if (!has_graph) throw Malformed();
  } catch (const Malformed&) {
    fail("it is no ONNX network, or one with networks within, which cannot be cut");
  }
  return cut;
}

}  // namespace sezim
