// SPDX-License-Identifier: Apache-2.0
#include "sezim/corpus/segment_file.h"

#include <fmt/format.h>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/sha256.h"

namespace sezim {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 30;

constexpr const char* kRemedy =
    "'sezim corpus verify' lists all such files; harvest the same sources into a new folder";

}  // namespace

std::string ReadSegmentFile(const CorpusFolder& corpus, const SegmentRecord& segment) {
  const std::filesystem::path file = corpus.AudioFile(segment.audio);
  if (!std::filesystem::exists(file)) {
    throw Error(ErrorKind::kNotFound, fmt::format("the sound '{}' is gone", DisplayName(file)), kRemedy);
  }
  std::string bytes = ReadTextFile(file, kMaxBytes);
  if (Sha256OfText(bytes) == segment.sha256) return bytes;
  throw Error(ErrorKind::kBadInput, fmt::format("'{}' differs from its record's sha256", DisplayName(file)), kRemedy);
}

}  // namespace sezim
