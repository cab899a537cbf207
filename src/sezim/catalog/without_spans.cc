// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/without_spans.h"

#include <algorithm>
#include <random>

namespace sezim {
namespace {

bool Touches(double from_s, double to_s, std::span<const SpanMs> spans) {
  return std::any_of(spans.begin(), spans.end(), [&](const SpanMs& span) {
    return from_s * 1000 < static_cast<double>(span.end_ms) && static_cast<double>(span.start_ms) < to_s * 1000;
  });
}

std::vector<SpanMs> Without(std::vector<SpanMs> all, std::span<const SpanMs> spans) {
  for (const SpanMs& span : spans) {
    std::vector<SpanMs> left;
    for (const SpanMs& one : all) {
      const SpanMs before{one.start_ms, std::min(one.end_ms, span.start_ms)};
      const SpanMs after{std::max(one.start_ms, span.end_ms), one.end_ms};
      if (before.start_ms < before.end_ms) left.push_back(before);
      if (after.start_ms < after.end_ms) left.push_back(after);
    }
    all = std::move(left);
  }
  return all;
}

}  // namespace

SourceTimeline WithoutSpans(const SourceTimeline& timeline, std::span<const SpanMs> spans) {
  return {Without(timeline.speech, spans), Without(timeline.faces, spans)};
}

SourcePrints WithoutSpans(const SourcePrints& prints, std::span<const SpanMs> spans, const std::string& sha256) {
  SourcePrints left = prints;
  std::seed_seq seed(sha256.begin(), sha256.end());
  std::mt19937 random(seed);
  for (std::size_t i = 0; i < left.sound.size(); ++i) {
    const auto noise = static_cast<std::uint32_t>(random());  // drawn for each, so that it goes by the place
    const double from_s = static_cast<double>(i) * kFingerprintStepS;
    if (Touches(from_s, from_s + kFingerprintHeardS, spans)) left.sound[i] = noise;
  }
  std::erase_if(left.pictures, [&](const PictureChange& change) {  // from the step before to this one
    const double from_s = change.step * kPicturePrintStepS;
    return Touches(from_s - kPicturePrintStepS, from_s + kPicturePrintStepS, spans);
  });
  return left;
}

}  // namespace sezim
