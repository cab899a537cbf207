// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "sezim/base/error.h"

namespace sezim {

static_assert(std::endian::native == std::endian::little, "numbers are packed in little-endian order");

[[noreturn]] inline void ThrowCutShort() {
  throw Error(ErrorKind::kBadInput, "the catalogue holds something that is cut short",
              "remove the corpus folder and harvest again");
}

// Appends the bytes of a number.
template <typename T>
void Pack(std::string& bytes, const T& value) {
  static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>);
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

// Takes a number off the front of `bytes`. Throws Error (kBadInput) when they end before.
template <typename T>
T Unpack(std::string_view& bytes) {
  static_assert(std::is_arithmetic_v<T>);
  if (bytes.size() < sizeof(T)) ThrowCutShort();
  T value{};
  std::memcpy(&value, bytes.data(), sizeof(T));
  bytes.remove_prefix(sizeof(T));
  return value;
}

// Appends any bytes, and how many they are.
inline void PackText(std::string& bytes, std::string_view text) {
  Pack(bytes, static_cast<std::uint32_t>(text.size()));
  bytes += text;
}

// Takes what PackText wrote off the front of `bytes`, which own it. Throws Error (kBadInput) when they end before.
inline std::string_view UnpackText(std::string_view& bytes) {
  const auto size = Unpack<std::uint32_t>(bytes);
  if (bytes.size() < size) ThrowCutShort();
  const std::string_view text = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return text;
}

}  // namespace sezim
