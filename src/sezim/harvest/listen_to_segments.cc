// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/listen_to_segments.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "sezim/base/error.h"
#include "sezim/base/parallel.h"
#include "sezim/speech/sound_quality.h"
#include "sezim/speech/steady_partials.h"

namespace sezim {
namespace {

constexpr std::int64_t kBesideMs = 5000;  // how far from a segment we listen for noise
constexpr std::int64_t kGuardMs = 150;    // speech begins and ends softly

// What is heard near a segment where nobody speaks.
std::vector<std::int16_t> SoundBeside(const SegmentDraft& segment, const std::vector<SpanMs>& speech,
                                      const SoundTrack& sound, const ReadSound& read_sound) {
  std::vector<std::int16_t> beside;
  const std::int64_t from_ms = std::max<std::int64_t>(0, segment.start_ms - kBesideMs);
  const std::int64_t to_ms = std::min(sound.duration_ms(), segment.end_ms + kBesideMs);
  auto next = std::lower_bound(speech.begin(), speech.end(), from_ms,
                               [](const SpanMs& span, std::int64_t at_ms) { return span.end_ms + kGuardMs <= at_ms; });
  for (std::int64_t at_ms = from_ms; at_ms < to_ms;) {
    const std::int64_t pause_end_ms = next == speech.end() ? to_ms : std::min(to_ms, next->start_ms - kGuardMs);
    if (pause_end_ms > at_ms) {
      const std::vector<std::int16_t> pause = read_sound(at_ms, pause_end_ms);
      beside.insert(beside.end(), pause.begin(), pause.end());
    }
    if (next == speech.end()) break;
    at_ms = std::max(at_ms, next->end_ms + kGuardMs);
    ++next;
  }
  return beside;
}

// A segment from its first speech to its last. What is kept before and after them, to be heard by people, is mostly
// silence, which would count as a voice that is surely alone.
SpanMs Spoken(const SegmentDraft& segment, const std::vector<SpanMs>& speech) {
  const auto first = std::upper_bound(speech.begin(), speech.end(), segment.start_ms,
                                      [](std::int64_t at_ms, const SpanMs& span) { return at_ms < span.end_ms; });
  const auto end = std::lower_bound(first, speech.end(), segment.end_ms,
                                    [](const SpanMs& span, std::int64_t at_ms) { return span.start_ms < at_ms; });
  if (first == end) return {segment.start_ms, segment.end_ms};
  return {std::max(segment.start_ms, first->start_ms), std::min(segment.end_ms, std::prev(end)->end_ms)};
}

}  // namespace

void SegmentSoundOptions::Check() const {
  OptionChecks checks("sound");
  checks.Require(min_snr_db >= -20 && min_snr_db <= 80,
                 fmt::format("min_snr_db must lie between -20 and 80, not at {}", min_snr_db));
  checks.Require(max_clipped_share >= 0 && max_clipped_share <= 1,
                 fmt::format("max_clipped_share must lie between 0 and 1, not at {}", max_clipped_share));
  checks.Require(max_steady_partials >= 0 && max_steady_partials <= 1000,
                 fmt::format("max_steady_partials must lie between 0 and 1000, not at {}", max_steady_partials));
  checks.Require(max_overlap_log_odds >= -100 && max_overlap_log_odds <= 100,
                 fmt::format("max_overlap_log_odds must lie between -100 and 100, not at {}", max_overlap_log_odds));
  checks.ThrowIfAny();
}

void ListenToSegments(HarvestedStretches& stretches, const SoundTrack& sound, const ReadSound& read_sound,
                      const SegmentSoundOptions& options, const VoicePrinter& printer, int num_threads) {
  const std::vector<SpanMs> speech = sound.speech_ms();
  std::vector<RejectedStretch> objections(stretches.segments.size());  // without a reason: none
  ParallelFor(stretches.segments.size(), num_threads, [&](std::size_t index) {
    SegmentDraft& segment = stretches.segments[index];
    RejectedStretch& objection = objections[index];
    const std::vector<std::int16_t> samples = read_sound(segment.start_ms, segment.end_ms);
    const SoundQuality quality = MeasureSound(samples, SoundBeside(segment, speech, sound, read_sound));
    segment.snr_db = quality.snr_db;
    if (quality.snr_db < options.min_snr_db) {
      objection = {.reason = "noisy", .detail = fmt::format("signal-to-noise ratio {:.1f} dB", quality.snr_db)};
    } else if (quality.clipped_share > options.max_clipped_share) {
      objection = {.reason = "clipped", .detail = fmt::format("{:.2f} % clipped", 100 * quality.clipped_share)};
    } else if (const double partials = SteadyPartials(samples); partials > options.max_steady_partials) {
      objection = {.reason = "music", .detail = fmt::format("{:.1f} steady partials", partials)};
    } else {
      const SpanMs spoken = Spoken(segment, speech);
      HeardVoice voice = printer.Hear(read_sound(spoken.start_ms, spoken.end_ms));
      if (voice.overlap_log_odds > options.max_overlap_log_odds) {
        objection = {.reason = "overlapping-voices",
                     .detail = fmt::format("log odds {:.1f} for two voices at once", voice.overlap_log_odds)};
      }
      segment.voice_print = std::move(voice.print);
    }
  });

  std::vector<SegmentDraft> kept;
  for (std::size_t i = 0; i < objections.size(); ++i) {
    SegmentDraft& segment = stretches.segments[i];
    if (objections[i].reason.empty()) {
      kept.push_back(std::move(segment));
      continue;
    }
    objections[i].start_ms = segment.start_ms;
    objections[i].end_ms = segment.end_ms;
    objections[i].num_frames = segment.num_frames;
    objections[i].emotion = segment.emotion;
    stretches.rejected.push_back(std::move(objections[i]));
  }
  stretches.segments = std::move(kept);
  std::stable_sort(stretches.rejected.begin(), stretches.rejected.end(),
                   [](const RejectedStretch& a, const RejectedStretch& b) { return a.start_ms < b.start_ms; });
}

}  // namespace sezim
