// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/speaker_options.h"

#include <fmt/format.h>

#include "sezim/base/error.h"

namespace sezim {

void SpeakerOptions::Check() const {
  OptionChecks checks("options");
  // By the names that recipes have for them.
  const auto within = [&](const char* name, double value, double low, double high) {
    checks.Require(value >= low && value <= high,
                   fmt::format("{} must lie between {} and {}, not at {}", name, low, high, value));
  };
  within("segments.padding_s", padding_s, 0, 1);
  within("faces.min_score", min_face_score, 0.01, 0.99);
  within("faces.min_eye_distance_px", min_eye_distance_px, 6, 1000);
  within("faces.max_turn", max_turn, 0, 100);
  within("faces.min_sharpness", min_sharpness, 0, 100);
  within("speaking.min_log_odds", min_log_odds, -1000, 1000);
  within("segments.min_s", min_segment_s, 0.2, speech.max_speech_s);
  within("labels.min_confidence", min_confidence, 0, 1);
  within("labels.min_agreement", min_agreement, 0, 1);
  try {
    speech.Check();
  } catch (const Error& error) {
    checks.Require(false, error.what());
  }
  checks.ThrowIfAny();
}

}  // namespace sezim
