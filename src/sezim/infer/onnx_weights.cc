// SPDX-License-Identifier: Apache-2.0
// Reads weights back out of ONNX models.
#include <fmt/format.h>

#include <cstring>

#include "sezim/base/error.h"
#include "sezim/infer/onnx_graph.h"
#include "sezim/infer/protobuf.h"

namespace sezim {
namespace {

void ReadTensor(std::string_view bytes, Weights& weights) {
  Tensor tensor;
  std::uint64_t type = 0;
  std::string_view name, raw;
  for (const ProtobufField& field : ProtobufFieldsOf(bytes)) {
    if (field.number == 1 && field.content.empty()) tensor.shape.push_back(static_cast<std::int64_t>(field.value));
    if (field.number == 2) type = field.value;
    if (field.number == 8) name = field.content;
    if (field.number == 9) raw = field.content;
  }
  if (type != 1) return;
  // No product of sizes may be larger than the bytes that are there.
  std::uint64_t left = raw.size() / sizeof(float);
  std::uint64_t count = 1;
  for (const std::int64_t size : tensor.shape) {
    if (size < 0 || (size > 0 && count > left / static_cast<std::uint64_t>(size))) throw MalformedProtobuf();
    count *= static_cast<std::uint64_t>(size);
  }
  if (count * sizeof(float) != raw.size()) throw MalformedProtobuf();
  tensor.values.resize(count);
  if (count > 0) std::memcpy(tensor.values.data(), raw.data(), raw.size());
  weights.insert_or_assign(std::string(name), std::move(tensor));
}

}  // namespace

Weights ReadOnnxWeights(std::string_view bytes, std::string_view origin) {
  try {
    Weights weights;
    bool has_graph = false;
    for (const ProtobufField& model : ProtobufFieldsOf(bytes)) {
      if (model.number != 7) continue;
      has_graph = true;
      for (const ProtobufField& graph : ProtobufFieldsOf(model.content)) {
        if (graph.number == 5) ReadTensor(graph.content, weights);
      }
    }
    if (!has_graph) throw MalformedProtobuf();
    return weights;
  } catch (const MalformedProtobuf&) {
    throw Error(ErrorKind::kModel, fmt::format("{} is not an ONNX model with its weights inside", origin),
                "give the model.onnx of a model that 'sezim train' made");
  }
}

}  // namespace sezim
