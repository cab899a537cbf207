// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

namespace sezim {

// SHA-256 (FIPS 180-4) of bytes fed in any pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void Update(std::span<const std::byte> bytes);

  // 64 lower-case hexadecimal digits; the object is spent afterwards.
  std::string HexDigest();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

std::string Sha256OfBytes(std::span<const std::byte> bytes);
std::string Sha256OfText(std::string_view text);

// Reads a regular file once, in bounded memory. Throws Error (kNotFound, kIo; kInterrupted when `stop` is requested).
std::string Sha256OfFile(const std::filesystem::path& path, std::stop_token stop = {});

}  // namespace sezim
