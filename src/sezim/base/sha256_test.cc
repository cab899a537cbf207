// SPDX-License-Identifier: Apache-2.0
#include "sezim/base/sha256.h"

#include <gtest/gtest.h>

#include <random>

#include "sezim/base/error.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

// The examples published with FIPS 180-2 and its successors.
TEST(Sha256, AgreesWithTheStandardsExamples) {
  EXPECT_EQ(Sha256OfText(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256OfText("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256OfText("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Sha256OfText(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PiecesGiveTheDigestOfTheWhole) {
  std::mt19937 random(1);
  std::string text(5000, '\0');
  for (char& c : text) c = static_cast<char>(random());
  for (int round = 0; round < 20; ++round) {
    Sha256 digest;
    for (auto rest = std::as_bytes(std::span(text)); !rest.empty();) {
      const std::size_t piece = std::min<std::size_t>(rest.size(), random() % 200);
      digest.Update(rest.first(piece));
      rest = rest.subspan(piece);
    }
    EXPECT_EQ(digest.HexDigest(), Sha256OfText(text));
  }
}

TEST(Sha256, IsSpentAfterItsDigest) {
  Sha256 digest;
  digest.HexDigest();
  EXPECT_THROW(digest.HexDigest(), ContractViolation);
  EXPECT_THROW(digest.Update({}), ContractViolation);
}

TEST(Sha256, OfAFileIsThatOfItsBytes) {
  const TemporaryFolder folder;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1} << 20, (std::size_t{2} << 20) + 3}) {
    const std::string bytes(size, '\xf0');
    EXPECT_EQ(Sha256OfFile(folder.Write("x", bytes)), Sha256OfText(bytes)) << size;
  }
  EXPECT_EQ(ThrownBy([&] { Sha256OfFile(folder / "none"); }).kind(), ErrorKind::kNotFound);
  EXPECT_EQ(ThrownBy([&] { Sha256OfFile(folder.path()); }).kind(), ErrorKind::kBadInput);
}

TEST(Sha256, StopsWhenAsked) {
  const TemporaryFolder folder;
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(ThrownBy([&] { Sha256OfFile(folder.Write("x", "y"), stop.get_token()); }).kind(), ErrorKind::kInterrupted);
}

}  // namespace
}  // namespace sezim
