// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/prosody_features.h"

#include <algorithm>
#include <cmath>

#include "sezim/features/formants.h"
#include "sezim/features/perturbation.h"

namespace sezim {
namespace {

constexpr double kLeastPower = 1e-10;    // -100 dB
constexpr double kLoudnessPower = 1e-6;  // of which the loudness is 1
constexpr double kLoudnessExponent = 0.3;
constexpr double kPeriodsAround = 2.6;  // to either side, in which perturbations are measured
constexpr double kMinReachS = 0.02;

double MeanSquare(std::span<const float> frame) {
  double sum = 0;
  for (const float sample : frame) sum += static_cast<double>(sample) * static_cast<double>(sample);
  return sum / static_cast<double>(frame.size());
}

// Changes of sign around the frame's mean; zeros keep the sign before.
double NumZeroCrossings(std::span<const float> frame) {
  double mean = 0;
  for (const float sample : frame) mean += static_cast<double>(sample) / static_cast<double>(frame.size());
  int last = 0, count = 0;
  for (const float sample : frame) {
    const double off = static_cast<double>(sample) - mean;
    const int sign = off > 0 ? 1 : off < 0 ? -1 : last;
    if (last != 0 && sign != last) ++count;
    last = sign;
  }
  return count;
}

double HarmonicsToNoise(double correlation) {
  return std::clamp(10 * std::log10(correlation / std::max(1 - correlation, 1e-9)), -40.0, 40.0);
}

}  // namespace

ProsodyFeatures::ProsodyFeatures(const PitchOptions& options) : options_(options) {
  options_.Check();
}

int ProsodyFeatures::dim() const {
  return static_cast<int>(names().size());
}

std::vector<std::string> ProsodyFeatures::names() const {
  return {"f0",  "f0-semitones", "voicing", "level", "loudness",   "zero-crossings", "jitter",    "shimmer",
          "hnr", "f1",           "f2",      "f3",    "bandwidth1", "bandwidth2",     "bandwidth3"};
}

void ProsodyFeatures::AcceptWaveform(std::span<const float> samples) {
  sound_.insert(sound_.end(), samples.begin(), samples.end());
}

void ProsodyFeatures::InputFinished() {
  const double rate = options_.sample_rate_hz;
  const std::vector<PitchFrame> pitch = TrackPitch(sound_, options_);
  const auto window = static_cast<std::size_t>(std::lround(2 * kFrameMiddleS * rate));
  FormantFinder formant_finder(rate, static_cast<int>(window));
  std::vector<float> padded(window);
  std::vector<float> row;
  for (std::size_t i = 0; i < pitch.size(); ++i) {
    const double start_s = static_cast<double>(i) * options_.hop_s;
    const auto start = std::min(static_cast<std::size_t>(std::lround(start_s * rate)), sound_.size());
    const std::span<const float> part = std::span(sound_).subspan(start, std::min(window, sound_.size() - start));
    std::copy(part.begin(), part.end(), padded.begin());
    std::fill(padded.begin() + std::ssize(part), padded.end(), 0.0F);

    const PitchFrame& voice = pitch[i];
    const bool voiced = voice.f0_hz > 0;
    const double power = MeanSquare(padded);
    Perturbation perturbation;
    if (voiced) {
      const double period = rate / voice.f0_hz;
      perturbation = MeasurePerturbation(sound_, (start_s + kFrameMiddleS) * rate, period,
                                         std::max(kPeriodsAround * period, kMinReachS * rate));
    }
    const Formants formants = formant_finder.Find(padded);
    row.clear();
    const auto add = [&](double value) { row.push_back(static_cast<float>(value)); };
    add(voice.f0_hz);
    add(voiced ? 12 * std::log2(voice.f0_hz / 27.5) : 0);
    add(voice.voicing);
    add(10 * std::log10(std::max(power, kLeastPower)));
    add(std::pow(power / kLoudnessPower, kLoudnessExponent));
    add(NumZeroCrossings(padded) / (2 * kFrameMiddleS));
    add(perturbation.jitter);
    add(perturbation.shimmer);
    add(voiced ? HarmonicsToNoise(voice.correlation) : 0);
    for (const double hz : formants.hz) add(hz);
    for (const double hz : formants.bandwidth_hz) add(hz);
    Emit(row);
  }
  sound_.clear();
}

}  // namespace sezim
