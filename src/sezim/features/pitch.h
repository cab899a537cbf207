// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sezim {

struct PitchOptions {
  double sample_rate_hz = 16'000;
  double hop_s = 0.01;
  double floor_hz = 75;  // three periods of it make the window
  double ceiling_hz = 600;
  double silence_threshold = 0.03;     // frames whose peak is below this share of the sound's are likely unvoiced
  double voicing_threshold = 0.45;     // correlation below which frames are likely unvoiced
  double octave_cost = 0.01;           // in favour of higher candidates, per octave
  double octave_jump_cost = 0.35;      // of a change of pitch, per octave and 10 ms
  double voiced_unvoiced_cost = 0.14;  // of a change between the two, per 10 ms

  void Check() const;  // throws Error (kUsage)
};

struct PitchFrame {
  double f0_hz = 0;        // 0: unvoiced
  double voicing = 0;      // probability-like, in [0, 1]: 0.5 where voiced and unvoiced explain the frame equally well
  double correlation = 0;  // of the frame with itself one period later, in [0, 1]; 0 if unvoiced
};

// The middle of frame i of all that is measured each hop: that of a window of 25 ms which starts at i hop_s.
inline constexpr double kFrameMiddleS = 0.0125;

// How many frames a sound has: as mode htk of MFCC, one for each 25-ms window and one for what is left over.
std::int64_t NumFrames(std::size_t num_samples, double sample_rate_hz, double hop_s);

// Fundamental frequency by autocorrelation (Boersma 1993, the method that Praat calls "raw autocorrelation"): the
// maxima of the autocorrelation of a Hann-windowed frame, divided by that of the window, are candidates; the cheapest
// path through the frames' candidates is taken. Frame i has its middle at i hop_s + kFrameMiddleS.
std::vector<PitchFrame> TrackPitch(std::span<const float> samples, const PitchOptions& options);

}  // namespace sezim
