// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/export_writer.h"
#include "sezim/publish/target_folder.h"

namespace sezim {
namespace {

// What the `datasets` library calls an AudioFolder: a folder for each part, with metadata.jsonl that names the sounds.
// It wants the same fields with the same types in each of these files, so no value is ever null.
class AudioFolderWriter : public ExportWriter {
 public:
  AudioFolderWriter(std::filesystem::path folder, bool with_snr) : folder_(std::move(folder)), with_snr_(with_snr) {}

  void Add(PublishedSegment& segment, const SegmentSound& sound) override {
    const std::string part(NameOf(segment.part));
    CopySound(folder_, part, segment, sound);
    std::string& metadata = metadata_[static_cast<std::size_t>(segment.part)];
    metadata += MetadataJson(segment, segment.file.substr(part.size() + 1), with_snr_) + "\n";
  }

  std::vector<PublishedFile> Finish() override {
    for (const Part part : kParts) {
      const std::string& metadata = metadata_[static_cast<std::size_t>(part)];
      if (!metadata.empty()) WriteNewFile(folder_ / NameOf(part) / "metadata.jsonl", metadata);
    }
    return {};
  }

  std::vector<std::string> sound_patterns() const override { return {"train/*/*", "dev/*/*", "test/*/*"}; }

 private:
  std::filesystem::path folder_;
  bool with_snr_;
  ByPart<std::string> metadata_;
};

}  // namespace

std::unique_ptr<ExportWriter> MakeAudioFolderWriter(const std::filesystem::path& folder, bool with_snr) {
  return std::make_unique<AudioFolderWriter>(folder, with_snr);
}

}  // namespace sezim
