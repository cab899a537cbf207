// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "sezim/speech/speech_spans.h"

namespace sezim {

// Finds the spans of speech of a sound that comes bit by bit.
class SpeechCutter {
 public:
  using OnSpan = std::function<void(const SpeechSpan&)>;

  virtual ~SpeechCutter() = default;

  // Hands on every span that is certain by now, ascending and disjoint. `probabilities` are all those of the sound so
  // far; with `finished` there will be no more, and the sound is `duration_s` long.
  virtual void Decide(std::span<const float> probabilities, double duration_s, bool finished,
                      const OnSpan& on_span) = 0;
};

// The published rule: chunks of one second whose mean probability is above a threshold, one span each.
class ChunkCutter : public SpeechCutter {
 public:
  explicit ChunkCutter(double threshold) : threshold_(threshold) {}
  void Decide(std::span<const float> probabilities, double duration_s, bool finished, const OnSpan& on_span) override;

 private:
  double threshold_;
  std::int64_t second_ = 0;
};

// Spans between pauses, as FindSpeechSpans has them; one that is longer than max_speech_s is cut where speech is least
// likely: in its deepest pause.
class PauseCutter : public SpeechCutter {
 public:
  explicit PauseCutter(const SpeechSpanOptions& options);  // throws Error (kUsage)
  void Decide(std::span<const float> probabilities, double duration_s, bool finished, const OnSpan& on_span) override;

 private:
  void Close(const OnSpan& on_span);
  void CutIfTooLong(std::span<const float> probabilities, const OnSpan& on_span);

  SpeechSpanOptions options_;
  std::size_t window_ = 0;  // the next to be looked at
  bool speaking_ = false;
  std::optional<SpeechSpan> open_;
};

}  // namespace sezim
