// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/reject_repeats.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "sezim/base/error.h"

namespace sezim {
namespace {

double OverlapS(double a_start, double a_end, double b_start, double b_end) {
  return std::max(0.0, std::min(a_end, b_end) - std::max(a_start, b_start));
}

double StartS(const SegmentRecord& segment) {
  return static_cast<double>(segment.start_ms) / 1000;
}

// Whether the larger part of `segment` is in a repeat whose earlier stretch gave one of `kept`.
bool IsRepeated(const SegmentRecord& segment, const Repeat& repeat, const std::vector<SegmentRecord>& kept) {
  const double start_s = StartS(segment), end_s = start_s + segment.duration_s();
  if (OverlapS(start_s, end_s, repeat.start_s, repeat.end_s) < segment.duration_s() / 2) return false;
  const double moved_s = repeat.start_s - repeat.earlier_start_s;
  return std::any_of(kept.begin(), kept.end(), [&](const SegmentRecord& other) {
    const double other_s = StartS(other) + moved_s;
    return OverlapS(start_s, end_s, other_s, other_s + other.duration_s()) >= segment.duration_s() / 2;
  });
}

}  // namespace

std::int64_t RejectRepeats(Catalog& catalog, const CorpusFolder& corpus, const RepeatOptions& options) {
  std::vector<SourceRow> sources;
  std::vector<Fingerprint> fingerprints;
  for (SourceRow& source : catalog.Sources()) {  // by name
    Fingerprint fingerprint = catalog.FingerprintOf(source.locator);
    if (fingerprint.empty()) continue;
    sources.push_back(std::move(source));
    fingerprints.push_back(std::move(fingerprint));
  }
  const std::vector<Repeat> repeats = FindRepeats(fingerprints, options);
  if (repeats.empty()) return 0;
  std::map<std::string, std::vector<SegmentRecord>> kept;  // by source_id, ascending
  catalog.ForEachSegment([&](const SegmentRecord& segment) { kept[segment.source_id].push_back(segment); });

  std::int64_t num_rejected = 0;
  for (auto repeat = repeats.begin(); repeat != repeats.end();) {
    const SourceRow& source = sources[repeat->later];
    const auto end = std::find_if(repeat, repeats.end(), [&](const Repeat& one) { return one.later != repeat->later; });
    std::vector<SegmentRecord>& own = kept[source.id()];
    std::vector<SegmentRecord> still_kept, repeated;
    std::vector<RejectionRecord> rejections;
    for (const SegmentRecord& segment : own) {
      const auto of_segment = std::find_if(repeat, end, [&](const Repeat& one) {
        return IsRepeated(segment, one, one.earlier == one.later ? still_kept : kept[sources[one.earlier].id()]);
      });
      if (of_segment == end) {
        still_kept.push_back(segment);
        continue;
      }
      const double there_s = StartS(segment) - of_segment->start_s + of_segment->earlier_start_s;
      rejections.push_back({.source = segment.source,
                            .source_id = segment.source_id,
                            .start_ms = segment.start_ms,
                            .end_ms = segment.end_ms,
                            .reason = "repeated",
                            .detail = fmt::format("heard at {:.0f} s of '{}' before", std::max(0.0, there_s),
                                                  sources[of_segment->earlier].name),
                            .num_frames = segment.num_frames});
      repeated.push_back(segment);
    }
    for (const SegmentRecord& segment : repeated) {
      std::error_code error;
      std::filesystem::remove(corpus.AudioFile(segment.audio), error);
      if (error) throw SystemError(error.value(), "cannot remove", segment.audio);
    }
    catalog.RejectSegments(source, repeated, rejections);
    num_rejected += static_cast<std::int64_t>(repeated.size());
    own = std::move(still_kept);
    repeat = end;
  }
  return num_rejected;
}

}  // namespace sezim
