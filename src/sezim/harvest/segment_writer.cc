// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/segment_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/sha256.h"

namespace sezim {

void RemoveSegmentsIn(HarvestedStretches& stretches, const std::vector<SpanMs>& dropped) {
  std::erase_if(stretches.segments, [&](const SegmentDraft& segment) {
    return std::any_of(dropped.begin(), dropped.end(), [&](const SpanMs& span) {
      return segment.start_ms < span.end_ms && span.start_ms < segment.end_ms;
    });
  });
}

HarvestedSource WriteSegments(const SourceRow& source, HarvestedStretches& stretches, const ReadSound& read_sound,
                              AudioFormat format, const CorpusFolder& corpus, std::stop_token stop) {
  HarvestedSource harvested;
  for (const RejectedStretch& stretch : stretches.rejected) {
    harvested.rejections.push_back({.source = source.name,
                                    .source_id = source.id(),
                                    .start_ms = stretch.start_ms,
                                    .end_ms = stretch.end_ms,
                                    .reason = stretch.reason,
                                    .num_frames = stretch.num_frames,
                                    .emotion = stretch.emotion,
                                    .language = source.language});
    if (!stretch.detail.empty()) harvested.rejections.back().detail = stretch.detail;
  }
  for (SegmentDraft& draft : stretches.segments) {
    if (stop.stop_requested()) throw Error(ErrorKind::kInterrupted, "stopped");
    SegmentRecord record{.id = fmt::format("{}-{:08d}", source.id(), draft.start_ms),
                         .source = source.name,
                         .source_id = source.id(),
                         .start_ms = draft.start_ms,
                         .end_ms = draft.end_ms,
                         .emotion = draft.emotion,
                         .scores = draft.scores,
                         .agreement = draft.agreement,
                         .num_frames = draft.num_frames,
                         .language = source.language,
                         .snr_db = draft.snr_db};
    record.audio = fmt::format("audio/{}/{}.{}", NameOf(record.emotion), record.id, NameOf(format));
    const std::filesystem::path file = corpus.AudioFile(record.audio);
    MakeFolder(file.parent_path());
    WriteAudioFile(file, format, read_sound(draft.start_ms, draft.end_ms));
    record.sha256 = Sha256OfFile(file);
    harvested.segments.push_back(std::move(record));
    harvested.extras.push_back({.face_jpeg = std::move(draft.face_jpeg),
                                .voice_print = std::move(draft.voice_print),
                                .face_number = draft.face_number,
                                .face_print = std::move(draft.face_print)});
  }
  return harvested;
}

std::vector<std::filesystem::path> AudioFilesOf(const HarvestedSource& harvested, const CorpusFolder& corpus) {
  std::vector<std::filesystem::path> files;
  files.reserve(harvested.segments.size());
  for (const SegmentRecord& segment : harvested.segments) files.push_back(corpus.AudioFile(segment.audio));
  return files;
}

}  // namespace sezim
