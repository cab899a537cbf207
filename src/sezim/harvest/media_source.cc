// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/media_source.h"

#include <cerrno>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim {

std::int64_t ModifiedNs(const struct stat& status) {
  return std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
}

LocalMedia FetchMedia(const HarvestInput& input, const CorpusFolder& /*corpus*/, StageTimes& /*times*/,
                      std::stop_token /*stop*/) {
  LocalMedia media;
  media.path = input.locator;
  { const FileDescriptor readable = OpenForReading(media.path); }
  struct stat status {};
  if (::stat(input.locator.c_str(), &status) != 0) throw SystemError(errno, "cannot examine", DisplayName(media.path));
  if (status.st_size == 0) {
    throw Error(ErrorKind::kBadInput, "'" + DisplayName(media.path) + "' is empty", "download or copy it again");
  }
  media.size_bytes = status.st_size;
  media.modified_ns = ModifiedNs(status);
  return media;
}

void ReleaseMedia(const LocalMedia& media, const std::string& /*source_id*/, const CorpusFolder& /*corpus*/,
                  bool /*keep*/) {
  if (!media.is_download) return;
}

}  // namespace sezim
