// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/reject_repeats.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <span>

#include "sezim/base/error.h"
#include "sezim/catalog/repeat_detail.h"
#include "sezim/vision/picture_repeats.h"

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

// The repeats among `all`, ascending by `later`, that lie in one source.
std::span<const Repeat> RepeatsIn(std::size_t later, const std::vector<Repeat>& all) {
  const auto [first, end] = std::equal_range(all.begin(), all.end(), Repeat{.later = later},
                                             [](const Repeat& a, const Repeat& b) { return a.later < b.later; });
  return {first, end};
}

}  // namespace

std::int64_t RejectRepeats(Catalog& catalog, const CorpusFolder& corpus, const RepeatOptions& options) {
  const std::vector<SourceRow> sources = catalog.Sources();  // by name
  std::vector<Fingerprint> sounds;
  std::vector<PicturePrint> pictures;
  for (const SourceRow& source : sources) {
    SourcePrints prints = catalog.PrintsOf(source.locator);
    sounds.push_back(std::move(prints.sound));
    pictures.push_back(std::move(prints.pictures));
  }
  const std::vector<Repeat> heard = FindRepeats(sounds, options);
  const std::vector<Repeat> seen = FindPictureRepeats(pictures, options);
  if (heard.empty() && seen.empty()) return 0;
  std::map<std::string, std::vector<SegmentRecord>> kept;  // by source_id, ascending
  catalog.ForEachSegment([&](const SegmentRecord& segment) { kept[segment.source_id].push_back(segment); });

  std::int64_t num_rejected = 0;
  for (std::size_t later = 0; later < sources.size(); ++later) {
    const auto heard_here = RepeatsIn(later, heard), seen_here = RepeatsIn(later, seen);
    if (heard_here.empty() && seen_here.empty()) continue;
    std::vector<SegmentRecord>& own = kept[sources[later].id()];
    std::vector<SegmentRecord> still_kept, repeated;
    std::vector<RejectionRecord> rejections;
    for (const SegmentRecord& segment : own) {
      const auto repeat_of = [&](std::span<const Repeat> repeats) {
        const auto found = std::find_if(repeats.begin(), repeats.end(), [&](const Repeat& one) {
          return IsRepeated(segment, one, one.earlier == later ? still_kept : kept[sources[one.earlier].id()]);
        });
        return found == repeats.end() ? nullptr : &*found;
      };
      const Repeat* of_sound = repeat_of(heard_here);
      const Repeat* repeat = of_sound != nullptr ? of_sound : repeat_of(seen_here);
      if (repeat == nullptr) {
        still_kept.push_back(segment);
        continue;
      }
      const double there_s = StartS(segment) - repeat->start_s + repeat->earlier_start_s;
      const bool is_heard = of_sound != nullptr;
      rejections.push_back(RejectionOf(segment, is_heard ? "repeated" : "repeated-pictures"));
      rejections.back().detail = RepeatDetail({.of = is_heard ? RepeatOf::kSound : RepeatOf::kPictures,
                                               .at_s = std::max(0.0, there_s),
                                               .source = sources[repeat->earlier].name});
      repeated.push_back(segment);
    }
    for (const SegmentRecord& segment : repeated) {
      std::error_code error;
      std::filesystem::remove(corpus.AudioFile(segment.audio), error);
      if (error) throw SystemError(error.value(), "cannot remove", segment.audio);
    }
    catalog.RejectSegments(sources[later], repeated, rejections);
    num_rejected += static_cast<std::int64_t>(repeated.size());
    own = std::move(still_kept);
  }
  return num_rejected;
}

}  // namespace sezim
