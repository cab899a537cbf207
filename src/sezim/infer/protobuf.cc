// SPDX-License-Identifier: Apache-2.0
#include "sezim/infer/protobuf.h"

#include "sezim/base/packing.h"

namespace sezim {
namespace {

constexpr unsigned kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5;  // the kinds of fields

std::string_view Take(std::string_view& bytes, std::uint64_t count) {
  if (count > bytes.size()) throw MalformedProtobuf();
  const std::string_view taken = bytes.substr(0, count);
  bytes.remove_prefix(count);
  return taken;
}

std::uint64_t TakeVarint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(Take(bytes, 1).front());
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return value;
  }
  throw MalformedProtobuf();
}

void AppendVarint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

}  // namespace

std::vector<ProtobufField> ProtobufFieldsOf(std::string_view message) {
  std::vector<ProtobufField> fields;
  while (!message.empty()) {
    const std::string_view from = message;
    const std::uint64_t key = TakeVarint(message);
    ProtobufField field{.number = key >> 3};
    switch (key & 7) {
      case kVarint: field.value = TakeVarint(message); break;
      case kFixed64: field.content = Take(message, 8); break;
      case kBytes: field.content = Take(message, TakeVarint(message)); break;
      case kFixed32: field.content = Take(message, 4); break;
      default: throw MalformedProtobuf();
    }
    field.whole = from.substr(0, from.size() - message.size());
    fields.push_back(field);
  }
  return fields;
}

void AppendProtobufNumber(std::string& message, unsigned field, std::int64_t value) {
  AppendVarint(message, field << 3 | kVarint);
  AppendVarint(message, static_cast<std::uint64_t>(value));
}

void AppendProtobufFloat(std::string& message, unsigned field, float value) {
  AppendVarint(message, field << 3 | kFixed32);
  Pack(message, value);
}

void AppendProtobufBytes(std::string& message, unsigned field, std::string_view bytes) {
  AppendVarint(message, field << 3 | kBytes);
  AppendVarint(message, bytes.size());
  message += bytes;
}

}  // namespace sezim
