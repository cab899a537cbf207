// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "sezim/media/audio_decoder.h"
#include "sezim/publish/export_writer.h"
#include "sezim/publish/target_folder.h"

namespace sezim {
namespace {

using Json = nlohmann::ordered_json;

// Manifests named as Lhotse's own recipes name them: sezim_recordings_PART.jsonl and sezim_supervisions_PART.jsonl.
// Sounds are named relative to the export's folder.
class LhotseWriter : public ExportWriter {
 public:
  explicit LhotseWriter(std::filesystem::path folder) : folder_(std::move(folder)) {}

  void Add(PublishedSegment& segment, const SegmentSound& sound) override {
    CopySound(folder_, fmt::format("audio/{}", NameOf(segment.part)), segment, sound);
    const std::size_t num_samples = SamplesOf(sound.file).size();
    const double duration_s = static_cast<double>(num_samples) / kSampleRateHz;
    const SegmentRecord& record = segment.record;
    Manifests& manifests = manifests_[static_cast<std::size_t>(segment.part)];
    Json recording;
    recording["id"] = record.id;
    recording["sources"] = {{{"type", "file"}, {"channels", {0}}, {"source", segment.file}}};
    recording["sampling_rate"] = kSampleRateHz;
    recording["num_samples"] = num_samples;
    recording["duration"] = duration_s;
    recording["channel_ids"] = {0};
    manifests.recordings += recording.dump() + "\n";

    Json supervision;
    supervision["id"] = record.id;
    supervision["recording_id"] = record.id;
    supervision["start"] = 0.0;
    supervision["duration"] = duration_s;
    supervision["channel"] = 0;
    if (record.language) supervision["language"] = *record.language;
    if (record.speaker) supervision["speaker"] = *record.speaker;
    supervision["custom"] = Json::parse(MetadataJson(segment, "", true));
    for (const char* known : {"id", "language", "speaker"}) supervision["custom"].erase(known);
    manifests.supervisions += supervision.dump() + "\n";
  }

  std::vector<PublishedFile> Finish() override {
    for (const Part part : kParts) {
      const Manifests& manifests = manifests_[static_cast<std::size_t>(part)];
      if (manifests.recordings.empty()) continue;
      WriteNewFile(folder_ / fmt::format("sezim_recordings_{}.jsonl", NameOf(part)), manifests.recordings);
      WriteNewFile(folder_ / fmt::format("sezim_supervisions_{}.jsonl", NameOf(part)), manifests.supervisions);
    }
    return {};
  }

  std::vector<std::string> sound_patterns() const override { return {"audio/*/*/*"}; }

 private:
  struct Manifests {
    std::string recordings;
    std::string supervisions;
  };

  std::filesystem::path folder_;
  ByPart<Manifests> manifests_;
};

}  // namespace

std::unique_ptr<ExportWriter> MakeLhotseWriter(const std::filesystem::path& folder) {
  return std::make_unique<LhotseWriter>(folder);
}

}  // namespace sezim
