// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/speech_spans.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "sezim/base/error.h"
#include "sezim/speech/voice_activity.h"

namespace sezim {
namespace {

constexpr std::int64_t kSampleRateHz = 16'000;

// The first window whose middle lies at or after the start of `second`.
std::int64_t FirstWindowOf(std::int64_t second) {
  const std::int64_t samples = second * kSampleRateHz - kVadWindowSamples / 2;
  return std::max<std::int64_t>(0, (samples + kVadWindowSamples - 1) / kVadWindowSamples);
}

}  // namespace

std::optional<double> ChunkProbability(std::span<const float> probabilities, std::int64_t second, bool finished) {
  const auto num_windows = static_cast<std::int64_t>(probabilities.size());
  const std::int64_t from = FirstWindowOf(second);
  const std::int64_t until = FirstWindowOf(second + 1);
  if (until > num_windows && !finished) return std::nullopt;
  const std::int64_t end = std::min(until, num_windows);
  if (from >= end) return std::nullopt;
  const auto chunk = probabilities.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(end - from));
  return std::accumulate(chunk.begin(), chunk.end(), 0.0) / static_cast<double>(chunk.size());
}

void SpeechSpanOptions::Check() const {
  OptionChecks checks("speech spans");
  checks.Require(onset > 0 && onset < 1, fmt::format("onset must lie between 0 and 1, not {}", onset));
  checks.Require(offset > 0 && offset <= onset, fmt::format("offset must lie between 0 and onset, not {}", offset));
  checks.Require(min_speech_s >= 0, fmt::format("min_speech_s must not be negative, but is {}", min_speech_s));
  checks.Require(min_pause_s >= 0, fmt::format("min_pause_s must not be negative, but is {}", min_pause_s));
  checks.ThrowIfAny();
}

std::vector<SpeechSpan> FindSpeechSpans(std::span<const float> probabilities, double duration_s,
                                        const SpeechSpanOptions& options) {
  options.Check();
  std::vector<SpeechSpan> spans;
  bool speaking = false;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const double start_s = static_cast<double>(i) * kVadWindowS;
    const double end_s = std::min(start_s + kVadWindowS, duration_s);
    if (start_s >= duration_s) break;
    const bool was_speaking = speaking;
    speaking = probabilities[i] >= (was_speaking ? options.offset : options.onset);
    if (!speaking) continue;
    const bool joins = was_speaking || (!spans.empty() && start_s - spans.back().end_s < options.min_pause_s);
    if (joins) {
      spans.back().end_s = end_s;
    } else {
      spans.push_back({start_s, end_s});
    }
  }
  std::erase_if(spans, [&](const SpeechSpan& span) { return span.end_s - span.start_s < options.min_speech_s; });
  return spans;
}

}  // namespace sezim
