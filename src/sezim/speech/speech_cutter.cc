// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/speech_cutter.h"

#include <algorithm>
#include <cmath>

#include "sezim/speech/voice_activity.h"

namespace sezim {

void ChunkCutter::Decide(std::span<const float> probabilities, double duration_s, bool finished,
                         const OnSpan& on_span) {
  for (;; ++second_) {
    const auto start_s = static_cast<double>(second_);
    if (finished && start_s >= duration_s) return;
    const auto probability = ChunkProbability(probabilities, second_, finished);
    if (!probability && !finished) return;
    if (probability.value_or(0) > threshold_)
      on_span({start_s, finished ? std::min(start_s + 1, duration_s) : start_s + 1});
  }
}

PauseCutter::PauseCutter(const SpeechSpanOptions& options) : options_(options) {
  options_.Check();
}

void PauseCutter::Decide(std::span<const float> probabilities, double duration_s, bool finished,
                         const OnSpan& on_span) {
  for (; window_ < probabilities.size(); ++window_) {
    const double start_s = static_cast<double>(window_) * kVadWindowS;
    if (finished && start_s >= duration_s) break;
    const double end_s = finished ? std::min(start_s + kVadWindowS, duration_s) : start_s + kVadWindowS;
    speaking_ = probabilities[window_] >= (speaking_ ? options_.offset : options_.onset);
    if (!speaking_) {
      if (open_ && end_s - open_->end_s >= options_.min_pause_s) Close(on_span);
      continue;
    }
    if (open_) {
      open_->end_s = end_s;
    } else {
      open_ = SpeechSpan{start_s, end_s};
    }
    CutIfTooLong(probabilities, on_span);
  }
  if (finished && open_) Close(on_span);
}

void PauseCutter::Close(const OnSpan& on_span) {
  if (open_->end_s - open_->start_s >= options_.min_speech_s) on_span(*open_);
  open_.reset();
}

void PauseCutter::CutIfTooLong(std::span<const float> probabilities, const OnSpan& on_span) {
  const auto at = [&](std::size_t i) { return static_cast<double>(probabilities[i]); };
  while (open_->end_s - open_->start_s > options_.max_speech_s) {  // a pause that does not cut makes it leap
    // In the second half, so that the parts are not too short.
    const auto window = [&](double share) {
      return static_cast<std::size_t>(std::lround((open_->start_s + share * options_.max_speech_s) / kVadWindowS));
    };
    const std::size_t from = window(0.5);
    const std::size_t to = window(0.95);
    std::size_t best = from;
    double least = 1e9;
    for (std::size_t i = std::max<std::size_t>(from, 1); i < to && i + 1 < probabilities.size(); ++i) {
      const double around = at(i - 1) + 2 * at(i) + at(i + 1);
      if (around <= least) {
        least = around;
        best = i;
      }
    }
    const double cut_s = (static_cast<double>(best) + 0.5) * kVadWindowS;
    on_span({open_->start_s, cut_s});
    open_->start_s = cut_s;
  }
}

}  // namespace sezim
