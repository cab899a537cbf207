// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "sezim/harvest/method.h"
#include "sezim/harvest/speaker_options.h"
#include "sezim/speech/speech_spans.h"
#include "sezim/vision/face_track.h"

namespace sezim {

// The log odds that a face makes the voice, for each picture that `features` (of its FaceTrack) are of; `sound`: 16 kHz
// from the first picture on.
using ListenToFace =
    std::function<std::vector<float>(std::span<const float> features, std::span<const std::int16_t> sound)>;

// Pictures of a span of speech: those shown while the voice is heard.
struct PictureSpan {
  std::int64_t first = 0;
  std::int64_t end = 0;

  std::int64_t size() const { return end - first; }
};
PictureSpan PicturesOf(const SpeechSpan& span);

// The looks (by their place in the track) that say what emotion a face shows: of each span at most ten, evenly spread.
// Five a second would tell hardly more, and a look outside all spans is of no segment. Ascending where the spans are.
std::vector<std::size_t> LooksThatVote(const FaceTrack& track, std::span<const SpeechSpan> spans);

// Decides for each span of speech which of the faces that were in sight made it, if any, and labels it by that face's
// looks that have scores. `tracks` come in the order of their units. Segments are ascending and disjoint.
// Deterministic; reads no more sound at once than one span. `listen`, if given, is asked about each face during each
// span: see Note [A network's word].
HarvestedStretches ChooseSpeakers(std::span<const FaceTrack> tracks, const SoundTrack& sound,
                                  const ReadSound& read_sound, const SpeakerOptions& options,
                                  const ListenToFace& listen = {});

}  // namespace sezim
