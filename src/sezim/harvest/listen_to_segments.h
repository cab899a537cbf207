// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/harvest/method.h"
#include "sezim/harvest/segment_sound_options.h"
#include "sezim/speech/voice_print.h"

namespace sezim {

// Measures the sound of each segment: what is too noisy, clipped, over music or of two voices at once is rejected, and
// the voice of what stays is printed. Voices are heard from the first to the last speech within a segment. Rejections
// stay in the order of their start. Deterministic, on up to `num_threads` threads. Throws Error.
void ListenToSegments(HarvestedStretches& stretches, const SoundTrack& sound, const ReadSound& read_sound,
                      const SegmentSoundOptions& options, const VoicePrinter& printer, int num_threads);

}  // namespace sezim
