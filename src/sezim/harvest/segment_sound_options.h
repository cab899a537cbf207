// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sezim {

// Of the recipe `default`: how cleanly a voice must be recorded.
struct SegmentSoundOptions {
  double min_snr_db = 3;
  double max_clipped_share = 0.005;
  double max_steady_partials = 1.5;   // see SteadyPartials(); more is music
  double max_overlap_log_odds = 1.0;  // see HeardVoice; more is two voices at once

  void Check() const;  // throws Error (kUsage)
};

}  // namespace sezim
