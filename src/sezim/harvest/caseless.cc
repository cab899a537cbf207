// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/caseless.h"

#include <cstddef>

#include "sezim/base/utf8.h"

namespace sezim {
namespace {

// Ranges of The Unicode Standard 15, CaseFolding.txt (C and S), of which every code point here has two bytes
// in UTF-8.
char32_t Fold(char32_t c) {
  const auto within = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  if (within('A', 'Z')) return c + 32;
  if (within(0x00C0, 0x00DE) && c != 0x00D7) return c + 32;  // À-Þ without ×
  if (c == 0x0130 || c == 0x0131) return 'i';                // İ, ı
  if (within(0x0100, 0x0137)) return c | 1;                  // Latin Extended-A comes in pairs, even first …
  if (within(0x0139, 0x0148)) return c + (c & 1);            // … here odd first …
  if (within(0x014A, 0x0177)) return c | 1;                  // … and even again
  if (c == 0x0178) return 0x00FF;                            // Ÿ
  if (within(0x0179, 0x017E)) return c + (c & 1);
  if (within(0x0391, 0x03A9) && c != 0x03A2) return c + 32;  // Α-Ω
  if (c == 0x03C2) return 0x03C3;                            // final sigma
  if (within(0x0400, 0x040F)) return c + 80;                 // Ѐ-Џ, with Ё and І
  if (within(0x0410, 0x042F)) return c + 32;                 // А-Я
  if (within(0x0460, 0x0481)) return c | 1;
  if (within(0x048A, 0x04BF)) return c | 1;  // with Ғ Қ Ң Ү Ұ Һ
  if (c == 0x04C0) return 0x04CF;            // palochka
  if (within(0x04C1, 0x04CE)) return c + (c & 1);
  if (within(0x04D0, 0x052F)) return c | 1;  // with Ә Ө
  return c;
}

}  // namespace

std::string FoldCase(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = Utf8SequenceLength(text);
    const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[i])); };
    if (length != 1 && length != 2) {
      folded += text.substr(0, length == 0 ? 1 : length);
      text.remove_prefix(length == 0 ? 1 : length);
      continue;
    }
    const char32_t c = Fold(length == 1 ? byte(0) : ((byte(0) & 0x1F) << 6) | (byte(1) & 0x3F));
    if (c < 0x80) {
      folded += static_cast<char>(c);
    } else {
      folded += static_cast<char>(0xC0 | (c >> 6));
      folded += static_cast<char>(0x80 | (c & 0x3F));
    }
    text.remove_prefix(length);
  }
  return folded;
}

bool ContainsCaseless(std::string_view text, std::string_view part) {
  return FoldCase(text).find(FoldCase(part)) != std::string::npos;
}

}  // namespace sezim
