// SPDX-License-Identifier: Apache-2.0
// Reads weights back out of ONNX models.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "sezim/base/error.h"
#include "sezim/infer/onnx_graph.h"

namespace sezim {
namespace {

struct NotOnnx {};

// The fields of one protobuf message, in the order in which they lie in its bytes.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {}

  // Steps to the next field; false at the end. Throws NotOnnx.
  bool Next() {
    if (rest_.empty()) return false;
    const std::uint64_t key = Varint();
    number_ = key >> 3;
    switch (key & 7) {
      case 0:
        value_ = Varint();
        bytes_ = {};
        break;
      case 1: bytes_ = Take(8); break;
      case 2: bytes_ = Take(Varint()); break;
      case 5: bytes_ = Take(4); break;
      default: throw NotOnnx{};
    }
    return true;
  }

  std::uint64_t number() const { return number_; }
  std::uint64_t value() const { return value_; }
  std::string_view bytes() const { return bytes_; }

 private:
  std::uint64_t Varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(Take(1).front());
      value |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return value;
    }
    throw NotOnnx{};
  }

  std::string_view Take(std::uint64_t size) {
    if (size > rest_.size()) throw NotOnnx{};
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
  std::uint64_t number_ = 0;
  std::uint64_t value_ = 0;
  std::string_view bytes_;
};

void ReadTensor(std::string_view bytes, Weights& weights) {
  Tensor tensor;
  std::uint64_t type = 0;
  std::string_view name, raw;
  for (Fields field(bytes); field.Next();) {
    if (field.number() == 1 && field.bytes().empty()) tensor.shape.push_back(static_cast<std::int64_t>(field.value()));
    if (field.number() == 2) type = field.value();
    if (field.number() == 8) name = field.bytes();
    if (field.number() == 9) raw = field.bytes();
  }
  if (type != 1) return;
  // No product of sizes may be larger than the bytes that are there.
  std::uint64_t left = raw.size() / sizeof(float);
  std::uint64_t count = 1;
  for (const std::int64_t size : tensor.shape) {
    if (size < 0 || (size > 0 && count > left / static_cast<std::uint64_t>(size))) throw NotOnnx{};
    count *= static_cast<std::uint64_t>(size);
  }
  if (count * sizeof(float) != raw.size()) throw NotOnnx{};
  tensor.values.resize(count);
  std::memcpy(tensor.values.data(), raw.data(), raw.size());
  weights.insert_or_assign(std::string(name), std::move(tensor));
}

}  // namespace

Weights ReadOnnxWeights(std::string_view bytes, std::string_view origin) {
  try {
    Weights weights;
    bool has_graph = false;
    for (Fields model(bytes); model.Next();) {
      if (model.number() != 7) continue;
      has_graph = true;
      for (Fields graph(model.bytes()); graph.Next();) {
        if (graph.number() == 5) ReadTensor(graph.bytes(), weights);
      }
    }
    if (!has_graph) throw NotOnnx{};
    return weights;
  } catch (const NotOnnx&) {
    throw Error(ErrorKind::kModel, fmt::format("{} is not an ONNX model with its weights inside", origin),
                "give the model.onnx of a model that 'sezim train' made");
  }
}

}  // namespace sezim
