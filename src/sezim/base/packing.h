// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "sezim/base/error.h"

namespace sezim {

static_assert(std::endian::native == std::endian::little, "numbers are packed in little-endian order");

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
  if (bytes.size() < sizeof(T)) {
    throw Error(ErrorKind::kBadInput, "the catalogue holds unfinished work that is cut short",
                "remove the corpus folder and harvest again");
  }
  T value{};
  std::memcpy(&value, bytes.data(), sizeof(T));
  bytes.remove_prefix(sizeof(T));
  return value;
}

}  // namespace sezim
