// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/features/frame_features.h"
#include "sezim/features/pitch.h"

namespace sezim {

// What the melody, strength and quality of a voice are, each 10 ms, over 25 ms from i hop on (as the frames of MFCC):
//   f0                     fundamental frequency, Hz (features/pitch.h); 0 where unvoiced
//   f0-semitones           the same above 27.5 Hz; 0 where unvoiced
//   voicing                probability-like, 0 to 1
//   level                  10 log10 of the mean square, dB of full scale, at least -100
//   loudness               (mean square / 1e-6)^0.3, after Zwicker's law; 1 at -60 dB
//   zero-crossings         changes of sign a second
//   jitter, shimmer        features/perturbation.h; 0 where unvoiced
//   hnr                    harmonics-to-noise ratio, 10 log10(r / (1 - r)) of the autocorrelation r one period later
//   (Boersma
//                          1993), dB in [-40, 40]; 0 where unvoiced
//   f1, f2, f3             formants, Hz (features/formants.h); 0 where not found
//   bandwidth1 … 3         of these, Hz
// The path of the pitch is chosen for the whole sound: all frames become ready when the input is finished.
class ProsodyFeatures final : public FrameFeatures {
 public:
  explicit ProsodyFeatures(const PitchOptions& options);

  int dim() const override;
  std::vector<std::string> names() const override;
  double hop_s() const override { return options_.hop_s; }
  void AcceptWaveform(std::span<const float> samples) override;
  void InputFinished() override;

 private:
  PitchOptions options_;
  std::vector<float> sound_{};
};

}  // namespace sezim
