// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/media_source.h"

#include <fmt/format.h>

#include <cerrno>
#include <optional>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim {
namespace fs = std::filesystem;
namespace {

constexpr const char* kProvenanceFile = "source.json";  // beside a finished download
constexpr std::size_t kMaxProvenanceBytes = 1 << 20;

LocalMedia Describe(fs::path path) {
  { const FileDescriptor readable = OpenForReading(path); }
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw SystemError(errno, "cannot examine", DisplayName(path));
  if (status.st_size == 0) {
    throw Error(ErrorKind::kBadInput, fmt::format("'{}' is empty", DisplayName(path)), "download or copy it again");
  }
  LocalMedia media;
  media.path = std::move(path);
  media.size_bytes = status.st_size;
  media.modified_ns = ModifiedNs(status);
  return media;
}

std::optional<fs::path> FinishedDownload(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder / kProvenanceFile, error)) return std::nullopt;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().stem() == "media") return at->path();
  }
  return std::nullopt;
}

}  // namespace

std::int64_t ModifiedNs(const struct stat& status) {
  return std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
}

bool IsAsRecorded(const fs::path& file, const SourceRow& source) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 && status.st_size == source.size_bytes &&
         ModifiedNs(status) == source.modified_ns;
}

LocalMedia FetchMedia(const HarvestInput& input, const CorpusFolder& corpus, const DownloadOptions& options,
                      StageTimes& times, std::stop_token stop) {
  if (!input.is_url) return Describe(input.locator);
  const fs::path folder = corpus.download(input.locator);
  std::optional<fs::path> file = FinishedDownload(folder);
  if (!file) {
    const StageTimer timer(times, Stage::kDownload);
    DownloadedMedia downloaded = DownloadMedia(input.locator, folder, options, std::move(stop));
    downloaded.source.collected_at = UtcNow();
    WriteFileAtomically(folder / kProvenanceFile, ToJson(downloaded.source));
    file = downloaded.path;
  }
  LocalMedia media = Describe(*file);
  media.is_download = true;
  media.provenance_json = ReadTextFile(folder / kProvenanceFile, kMaxProvenanceBytes);
  return media;
}

void KeepMedia(const LocalMedia& media, const std::string& source_id, const CorpusFolder& corpus) {
  if (!media.is_download) return;
  MakeFolder(corpus.media());
  fs::path kept = corpus.media() / source_id;
  kept += media.path.extension();
  std::error_code error;
  fs::remove(kept, error);
  fs::create_hard_link(media.path, kept, error);
  if (error) throw SystemError(error.value(), "cannot keep the download as", DisplayName(kept));
}

void ReleaseMedia(const LocalMedia& media) {
  std::error_code error;
  if (media.is_download) fs::remove_all(media.path.parent_path(), error);
}

}  // namespace sezim
