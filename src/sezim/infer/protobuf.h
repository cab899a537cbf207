// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sezim {

// The wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding), as far as ONNX files need it.

// Thrown for bytes that are no message; whoever reads them knows what to tell.
struct MalformedProtobuf {};

struct ProtobufField {
  std::uint64_t number = 0;
  std::uint64_t value = 0;     // of a number
  std::string_view content{};  // of a text, bytes, a message within, or a number of fixed size; else empty
  std::string_view whole{};    // the field with its key
};

// The fields of a message in the order in which they lie in it; they point into `message`. Throws MalformedProtobuf.
std::vector<ProtobufField> ProtobufFieldsOf(std::string_view message);

// Append a field to a message.
void AppendProtobufNumber(std::string& message, unsigned field, std::int64_t value);
void AppendProtobufFloat(std::string& message, unsigned field, float value);
void AppendProtobufBytes(std::string& message, unsigned field, std::string_view bytes);

}  // namespace sezim
