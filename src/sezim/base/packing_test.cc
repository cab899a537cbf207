// SPDX-License-Identifier: Apache-2.0
#include "sezim/base/packing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include "support/thrown.h"

namespace sezim {
namespace {

TEST(Packing, NumbersComeBackInTheirOrder) {
  enum class Kind : std::uint8_t { kOne = 1, kTwo };
  std::string bytes;
  Pack(bytes, std::int64_t{std::numeric_limits<std::int64_t>::min()});
  Pack(bytes, -0.0F);
  Pack(bytes, Kind::kTwo);
  Pack(bytes, std::uint32_t{4'000'000'000});
  Pack(bytes, 1e-300);
  std::string_view rest = bytes;
  EXPECT_EQ(Unpack<std::int64_t>(rest), std::numeric_limits<std::int64_t>::min());
  EXPECT_TRUE(std::signbit(Unpack<float>(rest)));
  EXPECT_EQ(Unpack<std::uint8_t>(rest), 2);
  EXPECT_EQ(Unpack<std::uint32_t>(rest), 4'000'000'000);
  EXPECT_EQ(Unpack<double>(rest), 1e-300);
  EXPECT_TRUE(rest.empty());
}

TEST(Packing, BytesAreInLittleEndianOrder) {
  std::string bytes = "x";
  Pack(bytes, std::uint32_t{0x01020304});
  EXPECT_EQ(bytes, "x\x04\x03\x02\x01");
}

TEST(Packing, BytesThatEndTooEarlyAreAnError) {
  for (std::size_t length = 0; length < 8; ++length) {
    const std::string bytes(length, 'x');
    std::string_view rest = bytes;
    const Error error = ThrownBy([&] { Unpack<std::int64_t>(rest); });
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    EXPECT_FALSE(error.remedy().empty());
    EXPECT_EQ(rest.size(), length);  // nothing was taken
  }
}

}  // namespace
}  // namespace sezim
