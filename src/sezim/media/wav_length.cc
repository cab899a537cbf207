// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/wav_length.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "sezim/base/file.h"

namespace sezim {
namespace {

constexpr std::uint32_t kNoSize = 0x7ff0'0000;         // from here on a size stands for "not known"
constexpr std::size_t kMaxBytesBeforeSound = 1 << 20;  // notes, pictures

// Reads a file from its front, never further than kMaxBytesBeforeSound.
class FrontReader {
 public:
  explicit FrontReader(const std::filesystem::path& file) : file_(OpenForReading(file)), path_(file) {}

  bool Read(std::span<std::byte> bytes) {
    for (std::size_t got = 0; !bytes.empty(); bytes = bytes.subspan(got)) {
      got = num_read_ > kMaxBytesBeforeSound ? 0 : ReadSome(file_, bytes, path_);
      if (got == 0) return false;
      num_read_ += got;
    }
    return true;
  }

  bool Skip(std::size_t count) {
    std::array<std::byte, 4096> block{};
    while (count > 0) {
      const std::size_t some = std::min(count, block.size());
      if (!Read(std::span(block).first(some))) return false;
      count -= some;
    }
    return true;
  }

 private:
  FileDescriptor file_;
  const std::filesystem::path& path_;
  std::size_t num_read_ = 0;
};

std::uint32_t LittleEndian(const std::byte* bytes) {
  std::uint32_t number = 0;
  for (int i = 3; i >= 0; --i) number = number << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  return number;
}

bool Spells(const std::byte* bytes, std::string_view word) {
  return std::memcmp(bytes, word.data(), word.size()) == 0;
}

}  // namespace

std::optional<double> DeclaredWavSeconds(const std::filesystem::path& file) {
  FrontReader reader(file);
  std::array<std::byte, 12> front{};
  if (!reader.Read(front) || !Spells(front.data(), "RIFF") || !Spells(front.data() + 8, "WAVE")) return std::nullopt;
  std::uint32_t bytes_per_s = 0;
  for (std::array<std::byte, 8> chunk{}; reader.Read(chunk);) {
    const std::uint32_t size = LittleEndian(chunk.data() + 4);
    if (Spells(chunk.data(), "data")) {
      if (bytes_per_s == 0 || size == 0 || size >= kNoSize) return std::nullopt;
      return static_cast<double>(size) / bytes_per_s;
    }
    std::size_t rest = std::size_t{size} + size % 2;  // chunks begin at even places
    std::array<std::byte, 12> format{};
    if (Spells(chunk.data(), "fmt ") && rest >= format.size()) {
      if (!reader.Read(format)) return std::nullopt;
      bytes_per_s = LittleEndian(format.data() + 8);
      rest -= format.size();
    }
    if (!reader.Skip(rest)) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace sezim
