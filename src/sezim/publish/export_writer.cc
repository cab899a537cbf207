// SPDX-License-Identifier: Apache-2.0
#include "sezim/publish/export_writer.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/media/audio_decoder.h"
#include "sezim/publish/target_folder.h"

namespace sezim {
namespace {

using Json = nlohmann::ordered_json;

double Rounded(double value, double digits) {
  return std::round(value * digits) / digits;
}

}  // namespace

std::string_view NameOf(ExportFormat format) {
  switch (format) {
    case ExportFormat::kAudioFolder: return "audiofolder";
    case ExportFormat::kWebDataset: return "webdataset";
    case ExportFormat::kLhotse: return "lhotse";
    case ExportFormat::kKaldi: return "kaldi";
    case ExportFormat::kCsv: return "csv";
  }
  return "";
}

std::unique_ptr<ExportWriter> ExportWriter::Create(ExportFormat format, const std::filesystem::path& folder,
                                                   const ExportWriterOptions& options) {
  switch (format) {
    case ExportFormat::kAudioFolder: return MakeAudioFolderWriter(folder, options.with_snr);
    case ExportFormat::kWebDataset: return MakeWebDatasetWriter(folder, options.shard_bytes);
    case ExportFormat::kLhotse: return MakeLhotseWriter(folder);
    case ExportFormat::kKaldi: return MakeKaldiWriter(folder);
    case ExportFormat::kCsv: return MakeCsvWriter(folder);
  }
  Check(false, "every format has a writer");
  return nullptr;
}

std::string ExtensionOf(const SegmentRecord& record) {
  for (const char* extension : {".flac", ".wav"}) {
    if (record.audio.ends_with(extension)) return extension;
  }
  throw Error(ErrorKind::kBadInput,
              fmt::format("the sound of the segment '{}' is neither FLAC nor WAV: '{}'", ValidUtf8(record.id),
                          ValidUtf8(record.audio)),
              "the catalogue was changed by hand: harvest again");
}

void CopySound(const std::filesystem::path& export_folder, const std::string& folder, PublishedSegment& segment,
               const SegmentSound& sound) {
  segment.file =
      fmt::format("{}/{}/{}{}", folder, NameOf(segment.record.emotion), segment.record.id, ExtensionOf(segment.record));
  segment.sha256 = segment.record.sha256;
  WriteNewFile(export_folder / segment.file, sound.bytes);
}

std::string MetadataJson(const PublishedSegment& segment, const std::string& file_name, bool with_snr) {
  const SegmentRecord& record = segment.record;
  Json json;
  if (!file_name.empty()) json["file_name"] = file_name;
  json["id"] = record.id;
  json["emotion"] = NameOf(record.emotion);
  json["speaker"] = record.speaker.value_or("");
  json["language"] = record.language.value_or("");
  json["start_s"] = static_cast<double>(record.start_ms) / 1000;
  json["end_s"] = static_cast<double>(record.end_ms) / 1000;
  json["duration_s"] = record.duration_s();
  json["agreement"] = Rounded(record.agreement, 10'000);
  json["frames"] = record.num_frames;
  if (with_snr && record.snr_db) json["snr_db"] = Rounded(*record.snr_db, 10);
  json["voice_emotion"] = VoiceEmotionText(record);
  json["voice_check"] = VoiceCheckText(record);
  const auto scores = FourDigitScores(record.scores);
  for (const Emotion emotion : kEmotions) {
    json[fmt::format("score_{}", NameOf(emotion))] = scores[static_cast<std::size_t>(emotion)];
  }
  json["source_id"] = record.source_id;
  json["sha256"] = segment.sha256;
  return json.dump();
}

std::vector<std::int16_t> SamplesOf(const std::filesystem::path& file) {
  AudioDecoder decoder(file);
  std::vector<std::int16_t> samples;
  while (decoder.Next(samples)) {}
  return samples;
}

}  // namespace sezim
