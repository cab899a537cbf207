// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sezim {

// A stretch of a source's clock.
struct SpanMs {
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;

  bool operator==(const SpanMs&) const = default;
};

// Where in a source somebody is heard, and where a face is seen meanwhile. Each ascending and disjoint.
struct SourceTimeline {
  std::vector<SpanMs> speech{};
  std::vector<SpanMs> faces{};

  bool operator==(const SourceTimeline&) const = default;
};

// The same stretches, ascending, those that overlap or touch joined.
std::vector<SpanMs> JoinedSpans(std::vector<SpanMs> spans);

// As bytes, the form in which the catalogue keeps it (docs/formats/catalog.md).
std::string PackTimeline(const SourceTimeline& timeline);

// Throws Error (kBadInput) if `bytes` are neither empty nor what PackTimeline makes.
SourceTimeline UnpackTimeline(std::string_view bytes);

}  // namespace sezim
