// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "sezim/features/frame_features.h"
#include "sezim/features/short_time_spectrum.h"

namespace sezim {

struct ChromaOptions {
  double sample_rate_hz = 16'000;
  int fft_size = 2048;  // also the Hann window's length
  int hop_samples = 512;
  std::optional<double> tuning{};  // of the sound against A = 440 Hz, in semitones; nothing: estimated from the sound

  void Check() const;  // throws Error (kUsage)
};

// How strongly each of the 12 pitch classes C, C#, …, B sounds, as librosa.feature.chroma_stft gives it: the power
// spectrum is added up by Gaussian bumps around each class's frequencies (Ellis 2007), the loudest class of a frame
// is 1. The tuning is estimated from the spectrum's peaks between 150 and 4000 Hz, of all frames: then nothing is ready
// before the input is finished, and all spectra are kept until then (4 KB a frame).
class ChromaFeatures final : public FrameFeatures {
 public:
  explicit ChromaFeatures(const ChromaOptions& options);

  int dim() const override { return 12; }
  std::vector<std::string> names() const override;
  double hop_s() const override { return options_.hop_samples / options_.sample_rate_hz; }
  void AcceptWaveform(std::span<const float> samples) override;
  void InputFinished() override;

 private:
  void AcceptPower(std::span<const float> power);
  void EmitChroma(std::span<const float> power, std::span<const float> weights);

  ChromaOptions options_;
  ShortTimeSpectrum spectrum_;
  std::vector<float> weights_{};  // 12 x num_bins, where the tuning is known
  std::vector<float> held_{};
};

// The weights of chroma: 12 rows of fft_size / 2 + 1.
std::vector<float> ChromaWeights(double sample_rate_hz, int fft_size, double tuning);

// How far the peaks of power spectra (rows of fft_size / 2 + 1) lie from the semitones of A = 440 Hz, in [-0.5, 0.5)
// semitones, to 0.01; 0 if there are no peaks.
double EstimateTuning(std::span<const float> spectra, double sample_rate_hz, int fft_size);

}  // namespace sezim
