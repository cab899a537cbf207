// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sezim/publish/export_writer.h"

namespace sezim {
namespace {

// Sound in folders; segments.csv, which every export has, tells the rest.
class CsvWriter : public ExportWriter {
 public:
  explicit CsvWriter(std::filesystem::path folder) : folder_(std::move(folder)) {}

  void Add(PublishedSegment& segment, const SegmentSound& sound) override {
    CopySound(folder_, fmt::format("audio/{}", NameOf(segment.part)), segment, sound);
  }
  std::vector<PublishedFile> Finish() override { return {}; }
  std::vector<std::string> sound_patterns() const override { return {"audio/*/*/*"}; }

 private:
  std::filesystem::path folder_;
};

}  // namespace

std::unique_ptr<ExportWriter> MakeCsvWriter(const std::filesystem::path& folder) {
  return std::make_unique<CsvWriter>(folder);
}

}  // namespace sezim
