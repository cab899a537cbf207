// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sezim/speech/speech_spans.h"

namespace sezim {

// Of the recipe `default`: who is taken for a speaker, and what becomes a segment.
struct SpeakerOptions {
  SpeechSpanOptions speech{.min_speech_s = 0.5, .min_pause_s = 0.3, .max_speech_s = 6};
  double padding_s = 0.2;  // sound kept before and after speech, at most half of the pause

  std::string detector_model = "blazeface-short";
  std::string fallback_model = "blazeface-back";
  double min_face_score = 0.5;
  double min_eye_distance_px = 12;
  double max_turn = 0.4;        // of the nose beside the middle of the eyes, in eye distances; median over a segment
  double min_sharpness = 0.15;  // see Sharpness(); median

  // "none", or NAME for the networks NAME-faces and NAME-voice, which then are asked whether a mouth makes the voice.
  std::string speaking_model = "none";
  double min_log_odds = 1.2;  // that the mouth makes the voice; see Note [Evidence of speaking]

  double min_segment_s = 0.8;
  double min_confidence = 0;  // of the label: its mean probability
  double min_agreement = 0;   // of the looks with the label

  bool asks_network() const { return speaking_model != "none"; }

  void Check() const;  // throws Error (kUsage)
};

}  // namespace sezim
