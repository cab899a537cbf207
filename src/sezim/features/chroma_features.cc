// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/chroma_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr int kNumClasses = 12;

ChromaOptions Checked(const ChromaOptions& options) {
  options.Check();
  return options;
}

}  // namespace

void ChromaOptions::Check() const {
  OptionChecks checks("chroma");
  checks.Require(fft_size >= 64 && fft_size <= 1 << 16 && fft_size % 2 == 0,
                 fmt::format("fft_size must be even and from 64 to 65536, not {}", fft_size));
  checks.Require(hop_samples >= 1 && hop_samples <= fft_size,
                 fmt::format("hop must be from 1 to fft_size samples, not {}", hop_samples));
  checks.Require(!tuning || std::abs(*tuning) <= 1, "tuning must be from -1 to 1 semitones");
  checks.ThrowIfAny();
}

std::vector<float> ChromaWeights(double sample_rate_hz, int fft_size, double tuning) {
  constexpr double kCentreOctave = 5, kOctaveWidth = 2;  // low and high bins weigh less, by a Gaussian over octaves
  const double a0_hz = 440 * std::pow(2, tuning / kNumClasses) / 16;
  const auto num_bins = static_cast<std::size_t>(fft_size / 2 + 1);
  // Where bins lie in semitones above A0; the one at 0 Hz is put one and a half octaves below the first.
  std::vector<double> place;
  for (std::size_t k = 1; k <= num_bins; ++k) {
    place.push_back(kNumClasses * std::log2(static_cast<double>(k) * sample_rate_hz / fft_size / a0_hz));
  }
  place.insert(place.begin(), place.front() - 1.5 * kNumClasses);
  std::vector<float> weights(kNumClasses * num_bins);
  for (std::size_t k = 0; k < num_bins; ++k) {
    const double width = std::max(place[k + 1] - place[k], 1.0);
    std::array<double, kNumClasses> bumps{};
    double squares = 0;
    for (int c = 0; c < kNumClasses; ++c) {
      double off = std::fmod(place[k] - c + kNumClasses / 2 + 100 * kNumClasses, kNumClasses) - kNumClasses / 2;
      off *= 2 / width;
      const double bump = std::exp(-0.5 * off * off);
      bumps[static_cast<std::size_t>(c)] = bump;
      squares += bump * bump;
    }
    const double octave = (place[k] / kNumClasses - kCentreOctave) / kOctaveWidth;
    const double scale = std::exp(-0.5 * octave * octave) / std::sqrt(squares);
    for (std::size_t c = 0; c < kNumClasses; ++c) {
      const std::size_t from_c = (c + kNumClasses - 3) % kNumClasses;  // 0 was A
      weights[from_c * num_bins + k] = static_cast<float>(bumps[c] * scale);
    }
  }
  return weights;
}

double EstimateTuning(std::span<const float> spectra, double sample_rate_hz, int fft_size) {
  constexpr double kLowHz = 150, kHighHz = 4000;
  constexpr float kLeastShare = 0.1F;  // of the frame's largest
  constexpr int kSteps = 100;
  const auto num_bins = static_cast<std::size_t>(fft_size / 2 + 1);
  struct Peak {
    double hz;
    float height;
  };
  std::vector<Peak> peaks;
  for (std::size_t start = 0; start + num_bins <= spectra.size(); start += num_bins) {
    const std::span<const float> power = spectra.subspan(start, num_bins);
    const float least = kLeastShare * *std::max_element(power.begin(), power.end());
    const auto raised = [&](std::size_t k) { return power[k] > least ? power[k] : 0; };
    for (std::size_t k = 1; k + 1 < num_bins; ++k) {
      const double bin_hz = static_cast<double>(k) * sample_rate_hz / fft_size;
      if (bin_hz < kLowHz || bin_hz >= std::min(kHighHz, sample_rate_hz / 2)) continue;
      if (raised(k) <= raised(k - 1) || raised(k) < raised(k + 1)) continue;
      const float bend = power[k + 1] + power[k - 1] - 2 * power[k];
      const float slope = (power[k + 1] - power[k - 1]) / 2;
      const float shift = std::abs(slope) < std::abs(bend) ? -slope / bend : 0;
      peaks.push_back({(static_cast<double>(k) + static_cast<double>(shift)) * sample_rate_hz / fft_size,
                       power[k] + slope * shift / 2});
    }
  }
  if (peaks.empty()) return 0;
  std::vector<float> heights;
  for (const Peak& peak : peaks) heights.push_back(peak.height);
  std::sort(heights.begin(), heights.end());
  const std::size_t half = heights.size() / 2;
  const float median = heights.size() % 2 == 1 ? heights[half] : (heights[half - 1] + heights[half]) / 2;
  std::array<int, kSteps> counts{};
  for (const Peak& peak : peaks) {
    if (peak.height < median || peak.hz <= 0) continue;
    const double semitones = kNumClasses * std::log2(peak.hz / (440.0 / 16));
    double off = semitones - std::floor(semitones);
    if (off >= 0.5) off -= 1;
    ++counts[static_cast<std::size_t>(std::clamp(static_cast<int>(std::floor((off + 0.5) * kSteps)), 0, kSteps - 1))];
  }
  return static_cast<double>(std::max_element(counts.begin(), counts.end()) - counts.begin()) / kSteps - 0.5;
}

ChromaFeatures::ChromaFeatures(const ChromaOptions& options)
    : options_(Checked(options)),
      spectrum_(
          {.window_samples = options.fft_size, .fft_size = options.fft_size, .hop_samples = options.hop_samples}) {
  if (options.tuning) weights_ = ChromaWeights(options.sample_rate_hz, options.fft_size, *options.tuning);
}

std::vector<std::string> ChromaFeatures::names() const {
  return {"chroma-C",  "chroma-C#", "chroma-D",  "chroma-D#", "chroma-E",  "chroma-F",
          "chroma-F#", "chroma-G",  "chroma-G#", "chroma-A",  "chroma-A#", "chroma-B"};
}

void ChromaFeatures::AcceptWaveform(std::span<const float> samples) {
  spectrum_.Accept(samples, [this](std::span<const float> power) { AcceptPower(power); });
}

void ChromaFeatures::AcceptPower(std::span<const float> power) {
  power = power.first(spectrum_.num_bins());
  if (weights_.empty()) {
    held_.insert(held_.end(), power.begin(), power.end());
  } else {
    EmitChroma(power, weights_);
  }
}

void ChromaFeatures::EmitChroma(std::span<const float> power, std::span<const float> weights) {
  std::array<float, kNumClasses> chroma{};
  for (std::size_t c = 0; c < kNumClasses; ++c) {
    double sum = 0;
    const float* row = weights.data() + c * power.size();
    for (std::size_t k = 0; k < power.size(); ++k) sum += static_cast<double>(row[k] * power[k]);
    chroma[c] = static_cast<float>(sum);
  }
  const float loudest = *std::max_element(chroma.begin(), chroma.end());
  if (loudest >= std::numeric_limits<float>::min()) {
    for (float& value : chroma) value /= loudest;
  }
  Emit(chroma);
}

void ChromaFeatures::InputFinished() {
  spectrum_.Finish([this](std::span<const float> power) { AcceptPower(power); });
  if (held_.empty()) return;
  const double tuning = EstimateTuning(held_, options_.sample_rate_hz, options_.fft_size);
  const std::vector<float> weights = ChromaWeights(options_.sample_rate_hz, options_.fft_size, tuning);
  for (std::size_t start = 0; start < held_.size(); start += spectrum_.num_bins()) {
    EmitChroma(std::span(held_).subspan(start, spectrum_.num_bins()), weights);
  }
  held_.clear();
}

}  // namespace sezim
