// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/corpus_toml.h"

#include <fmt/format.h>

#include <toml++/toml.h>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;

constexpr const char* kRemedy = "bring it back from a copy, or harvest the same sources into a new folder";

}  // namespace

std::string ReadCorpusToml(const CorpusFolder& corpus) {
  const std::string file = DisplayName(corpus.description());
  std::string text = ReadTextFile(corpus.description(), kMaxBytes);
  toml::table table;
  try {
    table = toml::parse(text);
  } catch (const toml::parse_error& error) {
    throw Error(ErrorKind::kBadInput,
                fmt::format("'{}', line {}: {}", file, error.source().begin.line, ValidUtf8(error.description())),
                kRemedy);
  }
  for (const char* part : {"corpus", "recipe"}) {
    if (table[part].is_table()) continue;
    throw Error(ErrorKind::kBadInput, fmt::format("'{}' has no [{}]", file, part), kRemedy);
  }
  return text;
}

}  // namespace sezim
