// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace sezim {

// A stretch of sound, seconds on the source's clock; start_s < end_s.
struct SpeechSpan {
  double start_s = 0;
  double end_s = 0;

  bool operator==(const SpeechSpan&) const = default;
};

// The published rule (section 3.2): the sound is cut into chunks of one second, the last one shorter, and each is
// speech or not.

// Mean probability of speech over the windows of 32 ms whose middle lies in chunk `second`; nothing while the chunk is
// not over (`probabilities` ends inside it and `finished` is false), or when there is no such window.
std::optional<double> ChunkProbability(std::span<const float> probabilities, std::int64_t second, bool finished);

struct SpeechSpanOptions {
  double onset = 0.5;          // probability at which speech begins
  double offset = 0.35;        // and below which it may end; at most onset
  double min_speech_s = 0.25;  // shorter stretches are no speech
  double min_pause_s = 0.1;    // shorter pauses do not cut
  double max_speech_s = 3600;  // longer stretches are cut where speech is least likely

  void Check() const;  // throws Error (kUsage)
};

// Stretches of speech at the resolution of the 32-ms windows, by two thresholds (hysteresis): ascending, disjoint,
// at least min_pause_s apart and at least min_speech_s long. `duration_s` is the length of the sound.
std::vector<SpeechSpan> FindSpeechSpans(std::span<const float> probabilities, double duration_s,
                                        const SpeechSpanOptions& options);

}  // namespace sezim
