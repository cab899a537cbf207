// SPDX-License-Identifier: Apache-2.0
#include "sezim/base/sha256.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim {

struct Sha256::Impl {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {
  Check(impl_->context && EVP_DigestInit_ex(impl_->context.get(), EVP_sha256(), nullptr) == 1,
        "OpenSSL provides SHA-256");
}

Sha256::~Sha256() = default;

void Sha256::Update(std::span<const std::byte> bytes) {
  Check(impl_->context && EVP_DigestUpdate(impl_->context.get(), bytes.data(), bytes.size()) == 1,
        "a digest is not updated after HexDigest()");
}

std::string Sha256::HexDigest() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  Check(impl_->context && EVP_DigestFinal_ex(impl_->context.get(), digest.data(), &size) == 1,
        "a digest is finished once");
  impl_->context.reset();
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

std::string Sha256OfBytes(std::span<const std::byte> bytes) {
  Sha256 digest;
  digest.Update(bytes);
  return digest.HexDigest();
}

std::string Sha256OfText(std::string_view text) {
  return Sha256OfBytes(std::as_bytes(std::span(text)));
}

std::string Sha256OfFile(const std::filesystem::path& path, std::stop_token stop) {
  const FileDescriptor file = OpenForReading(path);
  std::vector<std::byte> block(1 << 20);
  Sha256 digest;
  while (const std::size_t got = ReadSome(file, block, path)) {
    if (stop.stop_requested()) throw Error(ErrorKind::kInterrupted, "stopped while reading " + DisplayName(path));
    digest.Update(std::span(block).first(got));
  }
  return digest.HexDigest();
}

}  // namespace sezim
