// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/speech_spans.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "sezim/base/error.h"
#include "sezim/speech/speech_cutter.h"
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
  checks.Require(max_speech_s >= 0.5 && max_speech_s <= 24 * 3600.0,
                 fmt::format("max_speech_s must lie between 0.5 s and a day, not at {}", max_speech_s));
  checks.ThrowIfAny();
}

std::vector<SpeechSpan> FindSpeechSpans(std::span<const float> probabilities, double duration_s,
                                        const SpeechSpanOptions& options) {
  std::vector<SpeechSpan> spans;
  PauseCutter(options).Decide(probabilities, duration_s, true, [&](const SpeechSpan& span) { spans.push_back(span); });
  return spans;
}

}  // namespace sezim
