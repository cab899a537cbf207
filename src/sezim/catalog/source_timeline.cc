// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/source_timeline.h"

#include <algorithm>
#include <tuple>

#include "sezim/base/packing.h"

namespace sezim {

std::vector<SpanMs> JoinedSpans(std::vector<SpanMs> spans) {
  std::sort(spans.begin(), spans.end(), [](const SpanMs& a, const SpanMs& b) {
    return std::tie(a.start_ms, a.end_ms) < std::tie(b.start_ms, b.end_ms);
  });
  std::vector<SpanMs> joined;
  for (const SpanMs& span : spans) {
    if (!joined.empty() && span.start_ms <= joined.back().end_ms) {
      joined.back().end_ms = std::max(joined.back().end_ms, span.end_ms);
    } else {
      joined.push_back(span);
    }
  }
  return joined;
}

std::string PackTimeline(const SourceTimeline& timeline) {
  std::string bytes;
  for (const std::vector<SpanMs>* spans : {&timeline.speech, &timeline.faces}) {
    Pack(bytes, static_cast<std::uint32_t>(spans->size()));
    for (const SpanMs& span : *spans) {
      Pack(bytes, span.start_ms);
      Pack(bytes, span.end_ms);
    }
  }
  return bytes;
}

SourceTimeline UnpackTimeline(std::string_view bytes) {
  SourceTimeline timeline;
  if (bytes.empty()) return timeline;
  for (std::vector<SpanMs>* spans : {&timeline.speech, &timeline.faces}) {
    const auto size = Unpack<std::uint32_t>(bytes);
    for (std::uint32_t i = 0; i < size; ++i) {
      const auto start_ms = Unpack<std::int64_t>(bytes);
      spans->push_back({start_ms, Unpack<std::int64_t>(bytes)});
    }
  }
  return timeline;
}

}  // namespace sezim
