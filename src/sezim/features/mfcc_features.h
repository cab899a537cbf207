// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/features/append_deltas.h"
#include "sezim/features/frame_features.h"
#include "sezim/features/mfcc_options.h"
#include "sezim/features/real_fft.h"

namespace sezim {

// Mel-frequency cepstral coefficients with their deltas and accelerations (Davis and Mermelstein 1980; HTK Book,
// chapter 5): 13 coefficients, 13 deltas, 13 accelerations by default. Samples come in with full scale 1 and are scaled
// inside where the mode wants 16 bits.
class MfccFeatures final : public FrameFeatures {
 public:
  // Throws Error (kUsage).
  explicit MfccFeatures(const MfccOptions& options);

  int dim() const override;
  std::vector<std::string> names() const override;
  double hop_s() const override { return options_.hop_samples() / options_.sample_rate_hz; }
  void AcceptWaveform(std::span<const float> samples) override;
  void InputFinished() override;

 private:
  void AcceptFrame(std::span<const float> frame);
  float Prepare(std::span<const float> frame, std::span<float> out);
  void AcceptBands(float log_energy);
  void AcceptStatics();

  MfccOptions options_;
  FrameCutter cutter_;
  std::vector<float> window_;
  RealFft fft_;
  MelFilters filters_;
  CosineTransform cosines_;
  AppendDeltas deltas_;
  AppendDeltas accelerations_;
  bool emphasizes_stream_;  // the sample before a frame's first one is that of the sound
  float scale_;             // of samples, to those of the mode
  float last_sample_ = 0;
  std::vector<float> emphasized_{};
  std::vector<float> power_{};
  std::vector<float> bands_{};
  std::vector<float> coefficients_{};
  std::vector<float> statics_{};
  std::vector<float> held_bands_{};  // with top_db: of all frames, in dB
};

}  // namespace sezim
