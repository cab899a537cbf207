// SPDX-License-Identifier: Apache-2.0
#include "sezim/media/declared_length.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim {
namespace {

constexpr std::uint32_t kNoSize = 0x7ff0'0000;    // from here on a size stands for "not known"
constexpr std::size_t kMaxHeaderBytes = 1 << 20;  // with notes and pictures

// GUIDs as they are written.
constexpr std::string_view kAsfHeader("\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c", 16);
constexpr std::string_view kAsfFileProperties("\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\x00\xc0\x0c\x20\x53\x65", 16);

// Reads a file from its front, never further than kMaxHeaderBytes.
class FrontReader {
 public:
  explicit FrontReader(const std::filesystem::path& file) : file_(OpenForReading(file)), path_(file) {}

  bool Read(std::span<std::byte> bytes) {
    for (std::size_t got = 0; !bytes.empty(); bytes = bytes.subspan(got)) {
      got = num_read_ > kMaxHeaderBytes ? 0 : ReadSome(file_, bytes, path_);
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

template <typename Number>
Number LittleEndian(const std::byte* bytes) {
  Number number = 0;
  for (std::size_t i = sizeof(Number); i-- > 0;) number = number << 8 | std::to_integer<Number>(bytes[i]);
  return number;
}

std::string LastBytes(const std::filesystem::path& file, std::size_t count) {
  const FileDescriptor descriptor = OpenForReading(file);
  const off_t size = ::lseek(descriptor.get(), 0, SEEK_END);
  const auto from = std::max<off_t>(0, size - static_cast<off_t>(count));
  if (size < 0 || ::lseek(descriptor.get(), from, SEEK_SET) < 0)
    throw SystemError(errno, "cannot read", DisplayName(file));
  std::string bytes(count, '\0');
  std::size_t num_read = 0;
  for (std::size_t got = 1; got > 0 && num_read < count; num_read += got) {
    got = ReadSome(descriptor, std::as_writable_bytes(std::span(bytes).subspan(num_read)), file);
  }
  bytes.resize(num_read);
  return bytes;
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
    const std::uint32_t size = LittleEndian<std::uint32_t>(chunk.data() + 4);
    if (Spells(chunk.data(), "data")) {
      if (bytes_per_s == 0 || size == 0 || size >= kNoSize) return std::nullopt;
      return static_cast<double>(size) / bytes_per_s;
    }
    std::size_t rest = std::size_t{size} + size % 2;  // chunks begin at even places
    std::array<std::byte, 12> format{};
    if (Spells(chunk.data(), "fmt ") && rest >= format.size()) {
      if (!reader.Read(format)) return std::nullopt;
      bytes_per_s = LittleEndian<std::uint32_t>(format.data() + 8);
      rest -= format.size();
    }
    if (!reader.Skip(rest)) return std::nullopt;
  }
  return std::nullopt;
}

bool IsUnfinishedAvi(const std::filesystem::path& file) {
  FrontReader reader(file);
  std::array<std::byte, 8> front{};
  if (!reader.Read(front) || !Spells(front.data(), "RIFF")) return false;
  const auto size = LittleEndian<std::uint32_t>(front.data() + 4);
  return size == 0 || size >= kNoSize;
}

// The Ogg Encapsulation Format Version 0 (RFC 3533), section 6.
bool LacksOggEnd(const std::filesystem::path& file) {
  constexpr std::size_t kHeaderBytes = 27, kMaxPageBytes = 65'307;
  constexpr unsigned kEndOfStream = 4;
  const std::string tail = LastBytes(file, 2 * kMaxPageBytes);
  const std::size_t page = tail.rfind(std::string_view("OggS\0", 5));
  if (page == std::string::npos || tail.size() - page < kHeaderBytes) return true;
  const auto byte = [&](std::size_t at) { return unsigned{static_cast<unsigned char>(tail[page + at])}; };
  const std::size_t table_end = kHeaderBytes + byte(kHeaderBytes - 1);
  if (table_end > tail.size() - page) return true;
  std::size_t end = table_end;  // the table has the lengths of what follows it
  for (std::size_t at = kHeaderBytes; at < table_end; ++at) end += byte(at);
  return end > tail.size() - page || (byte(5) & kEndOfStream) == 0;
}

// ISO/IEC 13818-1, section 2.4.3.2; with four bytes before each packet on Blu-ray, and sixteen after it as broadcast.
bool EndsWithinTsPacket(const std::filesystem::path& file) {
  constexpr std::byte kSync{0x47};
  FrontReader reader(file);
  std::array<std::byte, 3 * 204> front{};
  if (!reader.Read(front)) return true;
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  if (error) throw SystemError(error.value(), "cannot read", DisplayName(file));
  for (const auto& [first, length] : {std::pair<std::size_t, std::size_t>{0, 188}, {4, 192}, {0, 204}}) {
    const bool is_so = front[first] == kSync && front[first + length] == kSync && front[first + 2 * length] == kSync;
    if (is_so) return size % length != 0;
  }
  return false;
}

// Advanced Systems Format (ASF) Specification 01.20.05, sections 3.1 and 3.2.
std::optional<double> DeclaredAsfSecondsIfCut(const std::filesystem::path& file) {
  constexpr std::size_t kIdBytes = 16;
  FrontReader reader(file);
  std::array<std::byte, kIdBytes + 14> front{};
  if (!reader.Read(front) || !Spells(front.data(), kAsfHeader)) return std::nullopt;
  for (std::array<std::byte, kIdBytes + 8> object{}; reader.Read(object);) {
    const auto size = LittleEndian<std::uint64_t>(object.data() + kIdBytes);
    if (size < object.size() || size > kMaxHeaderBytes) return std::nullopt;
    if (!Spells(object.data(), kAsfFileProperties)) {
      if (!reader.Skip(size - object.size())) return std::nullopt;
      continue;
    }
    std::array<std::byte, 68> properties{};  // id of the file, its size, date, packets; times; flags
    if (!reader.Read(properties)) return std::nullopt;
    const bool is_broadcast = (LittleEndian<std::uint32_t>(properties.data() + 64) & 1) != 0;
    const auto num_bytes = LittleEndian<std::uint64_t>(properties.data() + 16);
    std::error_code error;
    if (is_broadcast || num_bytes <= std::filesystem::file_size(file, error) || error) return std::nullopt;
    const auto play_100ns = LittleEndian<std::uint64_t>(properties.data() + 40);
    const auto preroll_ms = LittleEndian<std::uint64_t>(properties.data() + 56);
    return static_cast<double>(play_100ns) / 1e7 - static_cast<double>(preroll_ms) / 1e3;
  }
  return std::nullopt;
}

}  // namespace sezim
