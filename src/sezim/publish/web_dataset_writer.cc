// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sezim/base/sha256.h"
#include "sezim/publish/export_writer.h"
#include "sezim/publish/tar_file.h"
#include "sezim/publish/target_folder.h"

namespace sezim {
namespace {

// Tar files of pairs: ID.flac (or .wav) and ID.json.
class WebDatasetWriter : public ExportWriter {
 public:
  WebDatasetWriter(std::filesystem::path folder, std::int64_t shard_bytes)
      : folder_(std::move(folder)), shard_bytes_(shard_bytes) {}

  void Add(PublishedSegment& segment, const SegmentSound& sound) override {
    Shard& shard = shards_[static_cast<std::size_t>(segment.part)];
    if (shard.tar && shard.tar->num_bytes() >= shard_bytes_) End(shard);
    if (!shard.tar) {
      shard.name = fmt::format("{}-{:06}.tar", NameOf(segment.part), shard.number++);
      shard.tar = std::make_unique<TarFile>(folder_ / shard.name);
    }
    segment.file = shard.name;
    segment.sha256 = segment.record.sha256;
    shard.tar->Add(segment.record.id + ExtensionOf(segment.record), sound.bytes);
    shard.tar->Add(segment.record.id + ".json", MetadataJson(segment, "", true));
  }

  std::vector<PublishedFile> Finish() override {
    for (Shard& shard : shards_) End(shard);
    return std::move(finished_);
  }

  std::vector<std::string> sound_patterns() const override { return {}; }

 private:
  struct Shard {
    std::string name;
    std::unique_ptr<TarFile> tar;
    int number = 0;
  };

  void End(Shard& shard) {
    if (!shard.tar) return;
    shard.tar->Close();
    shard.tar.reset();
    finished_.push_back({.path = shard.name,
                         .media_type = "application/x-tar",
                         .description = "Shard: for each segment its sound and a JSON object with what is known of it",
                         .sha256 = Sha256OfFile(folder_ / shard.name),
                         .num_bytes = static_cast<std::int64_t>(std::filesystem::file_size(folder_ / shard.name))});
  }

  std::filesystem::path folder_;
  std::int64_t shard_bytes_;
  ByPart<Shard> shards_;
  std::vector<PublishedFile> finished_;
};

}  // namespace

std::unique_ptr<ExportWriter> MakeWebDatasetWriter(const std::filesystem::path& folder, std::int64_t shard_bytes) {
  return std::make_unique<WebDatasetWriter>(folder, shard_bytes);
}

}  // namespace sezim
