// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sezim/features/frame_features.h"
#include "sezim/features/short_time_spectrum.h"

namespace sezim {

struct LogMelOptions {
  double sample_rate_hz = 16'000;
  int fft_size = 2048;  // also the Hann window's length
  int hop_samples = 512;
  int num_bands = 128;
  double low_hz = 0;
  double high_hz = 0;  // 0: half the sample rate
  MelScale scale = MelScale::kSlaney;
  double top_db = 80;  // bands are raised to this much below the loudest of the sound; 0: they are not

  void Check() const;  // throws Error (kUsage)
};

// Power in mel bands in decibels, as librosa.power_to_db(librosa.feature.melspectrogram(y)) gives it: frame i is
// centred at sample i * hop; triangles of area 1; 10 log10 of the power, at least 1e-10.
class LogMelFeatures final : public FrameFeatures {
 public:
  explicit LogMelFeatures(const LogMelOptions& options);

  int dim() const override { return options_.num_bands; }
  std::vector<std::string> names() const override;
  double hop_s() const override { return options_.hop_samples / options_.sample_rate_hz; }
  void AcceptWaveform(std::span<const float> samples) override;
  void InputFinished() override;

 private:
  void AcceptPower(std::span<const float> power);

  LogMelOptions options_;
  ShortTimeSpectrum spectrum_;
  MelFilters filters_;
  std::vector<float> bands_;
  std::vector<float> held_{};  // with top_db: all frames
};

}  // namespace sezim
