// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "sezim/harvest/method.h"
#include "sezim/harvest/speaker_options.h"
#include "sezim/vision/face_track.h"

namespace sezim {

// The log odds that a face makes the voice, for each picture that `features` (of its FaceTrack) are of; `sound`: 16 kHz
// from the first picture on.
using ListenToFace =
    std::function<std::vector<float>(std::span<const float> features, std::span<const std::int16_t> sound)>;

// Decides for each span of speech which of the faces that were in sight made it, if any, and labels it by that face.
// `tracks` come in the order of their units. Segments are ascending and disjoint. Deterministic; reads no more sound at
// once than one span. `listen`, if given, is asked about each face during each span: see Note [A network's word].
HarvestedStretches ChooseSpeakers(std::span<const FaceTrack> tracks, const SoundTrack& sound,
                                  const ReadSound& read_sound, const SpeakerOptions& options,
                                  const ListenToFace& listen = {});

}  // namespace sezim
