// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/features/frame_features.h"
#include "sezim/features/short_time_spectrum.h"

namespace sezim {

struct SpectrogramOptions {
  double sample_rate_hz = 16'000;
  double window_s = 0.025;
  double hop_s = 0.01;
  int fft_size = 512;
  bool is_two_sided =
      true;  // all fft_size bins, of which the upper half mirrors the lower; else bins 0 to fft_size / 2 - 1
  double pre_emphasis = 0.97;
  bool is_normalized = true;  // each bin to mean 0 and variance 1 over the sound

  void Check() const;  // throws Error (kUsage)
};

// The magnitude spectrogram that VGGVox looks at (Nagrani, Chung and Zisserman 2017, VoxCeleb, section 4.1, and the
// code published with it): symmetric Hamming windows of 25 ms each 10 ms, only whole ones, of the sound less 0.97 times
// the sample before; the 512 bins are those of a transform of 512, both halves; each bin less its mean over the sound,
// by its standard deviation (of n - 1). A bin that never changes is 0. Where bins are normalised nothing is ready
// before the input is finished.
class SpectrogramFeatures final : public FrameFeatures {
 public:
  explicit SpectrogramFeatures(const SpectrogramOptions& options);

  int dim() const override;
  std::vector<std::string> names() const override;
  double hop_s() const override { return options_.hop_s; }
  void AcceptWaveform(std::span<const float> samples) override;
  void InputFinished() override;

 private:
  void AcceptPower(std::span<const float> power);
  void EmitSides(std::span<const float> magnitudes);

  SpectrogramOptions options_;
  ShortTimeSpectrum spectrum_;
  float last_sample_ = 0;
  std::vector<float> emphasized_{};
  std::vector<float> magnitudes_{};
  std::vector<float> frame_{};
  std::vector<float> held_{};
};

}  // namespace sezim
