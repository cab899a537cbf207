// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sezim/publish/published.h"

namespace sezim {

enum class ExportFormat { kAudioFolder, kWebDataset, kLhotse, kKaldi, kCsv };

inline constexpr std::array<ExportFormat, 5> kExportFormats = {ExportFormat::kAudioFolder, ExportFormat::kWebDataset,
                                                               ExportFormat::kLhotse, ExportFormat::kKaldi,
                                                               ExportFormat::kCsv};

// "audiofolder", "webdataset", "lhotse", "kaldi", "csv".
std::string_view NameOf(ExportFormat format);

// The sound of a segment: the file in the corpus, and its bytes, which are what their record says.
struct SegmentSound {
  std::filesystem::path file{};
  std::string bytes{};
};

struct ExportWriterOptions {
  std::int64_t shard_bytes = 0;  // of WebDataset: a shard is closed when it has this many
  bool with_snr = false;         // of AudioFolder: every segment has one
};

// Writes segments in one form. Add is called for each segment, then Finish once. All throw Error (kIo, kNoSpace,
// kBadInput for sound that cannot be decoded).
class ExportWriter {
 public:
  static std::unique_ptr<ExportWriter> Create(ExportFormat format, const std::filesystem::path& folder,
                                              const ExportWriterOptions& options);
  virtual ~ExportWriter() = default;

  // Writes the sound, and fills in the segment's `file` and `sha256`.
  virtual void Add(PublishedSegment& segment, const SegmentSound& sound) = 0;

  // Writes what lists the segments in this form. Returns the files that hold data but are not one for each segment.
  virtual std::vector<PublishedFile> Finish() = 0;

  // Patterns of the sound files in the export, as a shell has them; none where they lie in archives.
  virtual std::vector<std::string> sound_patterns() const = 0;
};

// One for each form.
std::unique_ptr<ExportWriter> MakeCsvWriter(const std::filesystem::path& folder);
std::unique_ptr<ExportWriter> MakeAudioFolderWriter(const std::filesystem::path& folder, bool with_snr);
std::unique_ptr<ExportWriter> MakeWebDatasetWriter(const std::filesystem::path& folder, std::int64_t shard_bytes);
std::unique_ptr<ExportWriter> MakeLhotseWriter(const std::filesystem::path& folder);
std::unique_ptr<ExportWriter> MakeKaldiWriter(const std::filesystem::path& folder);

// Copies the sound to FOLDER/<part>/<emotion>/<id>.<extension> below the export's folder and fills in the segment.
void CopySound(const std::filesystem::path& export_folder, const std::string& folder, PublishedSegment& segment,
               const SegmentSound& sound);

// ".flac" or ".wav". Throws Error (kBadInput) for another file name.
std::string ExtensionOf(const SegmentRecord& record);

// What is known of a segment as a JSON object in one line: file_name (unless empty), id, emotion, scores, ….
// Text that is not known (speaker, language, what a voice model said) is "": some readers want one type in a column.
// snr_db is there if it is known and `with_snr`.
std::string MetadataJson(const PublishedSegment& segment, const std::string& file_name, bool with_snr);

// All samples of a sound file, 16 kHz mono.
std::vector<std::int16_t> SamplesOf(const std::filesystem::path& file);

}  // namespace sezim
