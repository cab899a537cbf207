// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/source_rejection.h"

#include <fmt/format.h>

#include <string>

#include "sezim/base/file.h"
#include "sezim/harvest/media_source.h"

namespace sezim {
namespace {

constexpr double kLeastSoundS = 1;

std::string NamingTheLink(std::string words, const OpenSource& source) {
  if (!source.media.is_download) return words;
  const std::string file = DisplayName(source.media.path);
  for (std::size_t at = words.find(file); at != std::string::npos; at = words.find(file, at + source.row.name.size())) {
    words.replace(at, file.size(), source.row.name);
  }
  return words;
}

}  // namespace

RejectionRecord RejectionOf(const OpenSource& source, const Error& error) {
  RejectionRecord rejection{.source = source.row.name, .reason = std::string(NameOf(error.kind()))};
  if (!source.row.sha256.empty()) rejection.source_id = source.row.id();
  rejection.detail = NamingTheLink(error.what(), source);
  if (!error.remedy().empty()) rejection.remedy = NamingTheLink(error.remedy(), source);
  return rejection;
}

RejectionRecord DuplicateOf(const SourceRow& first, const SourceRow& copy) {
  return {.source = copy.name,
          .source_id = copy.id(),
          .reason = kDuplicateSource,
          .detail = fmt::format("it has the same bytes as '{}'", first.name),
          .remedy = "nothing is lost; leave one of them out to be rid of this message"};
}

void RequireUnchanged(const OpenSource& source) {
  if (source.media.is_download || IsAsRecorded(source.media.path, source.row)) return;
  throw Error(ErrorKind::kBadInput, fmt::format("'{}' was changed while it was harvested", source.row.name),
              "give the same command again when nobody writes to it any more");
}

void RequireSound(const SoundTrack& track, double stated_s, const std::string& name) {
  if (track.duration_s() >= kLeastSoundS || stated_s < 2 * kLeastSoundS) return;
  throw Error(ErrorKind::kBadInput,
              fmt::format("'{}' states that it lasts {:.1f} s, but its sound ends after {:.2f} s: its timestamps are "
                          "damaged, or its sound is missing",
                          name, stated_s, track.duration_s()),
              "check that it plays with sound in a media player; converting it anew may help");
}

bool LacksPictures(const HarvestedStretches& stretches) {
  const SourceCounts& counts = stretches.counts;
  return stretches.segments.empty() && 4 * counts.frames_without_picture > 3 * counts.frames_looked_at;
}

Error LackOfPictures(const SourceRow& row) {
  return {
      ErrorKind::kBadInput,
      fmt::format("'{}' has {:.1f} s of speech, but no picture at {} of {} times of it: its timestamps are damaged, "
                  "its pictures end before, or they are larger than its header says and than limits.max_side_px",
                  row.name, row.counts.speech_s, row.counts.frames_without_picture, row.counts.frames_looked_at),
      "check that it plays with pictures in a media player; converting it anew may help"};
}

}  // namespace sezim
