// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "sezim/harvest/method.h"
#include "sezim/harvest/speaker_options.h"
#include "sezim/vision/face_track.h"

namespace sezim {

// Decides for each span of speech which of the faces that were in sight made it, if any, and labels it by that face.
// `tracks` come in the order of their units. Segments are ascending and disjoint. Deterministic; reads no more sound at
// once than one span.
HarvestedStretches ChooseSpeakers(std::span<const FaceTrack> tracks, const SoundTrack& sound,
                                  const ReadSound& read_sound, const SpeakerOptions& options);

}  // namespace sezim
