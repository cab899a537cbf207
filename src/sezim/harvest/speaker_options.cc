// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/speaker_options.h"

#include <fmt/format.h>

#include "sezim/base/error.h"

namespace sezim {

void SpeakerOptions::Check() const {
  OptionChecks checks("speakers");
  const auto within = [&](const char* name, double value, double low, double high) {
    checks.Require(value >= low && value <= high,
                   fmt::format("{} must lie between {} and {}, not at {}", name, low, high, value));
  };
  within("padding_s", padding_s, 0, 1);
  within("min_face_score", min_face_score, 0.01, 0.99);
  within("min_eye_distance_px", min_eye_distance_px, 6, 1000);
  within("max_turn", max_turn, 0, 100);
  within("min_sharpness", min_sharpness, 0, 100);
  within("min_log_odds", min_log_odds, -1000, 1000);
  within("min_segment_s", min_segment_s, 0.2, speech.max_speech_s);
  within("min_confidence", min_confidence, 0, 1);
  within("min_agreement", min_agreement, 0, 1);
  try {
    speech.Check();
  } catch (const Error& error) {
    checks.Require(false, error.what());
  }
  checks.ThrowIfAny();
}

}  // namespace sezim
