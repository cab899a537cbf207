// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/mfcc_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sezim/base/error.h"

namespace sezim {
namespace {

constexpr float kScale16Bit = 32'768;
constexpr std::size_t kPieceSamples = 16'384;

const MfccOptions& Checked(const MfccOptions& options) {
  options.Check();
  return options;
}

// The least power whose logarithm is taken.
float FloorOf(MfccMode mode) {
  switch (mode) {
    case MfccMode::kHtk: return static_cast<float>(std::numeric_limits<double>::epsilon());  // python_speech_features
    case MfccMode::kKaldi: return std::numeric_limits<float>::epsilon();
    default: return 1e-10F;  // librosa's amin
  }
}

// python_speech_features replaces zeros only; the others raise everything to the floor.
float LogOf(MfccMode mode, float power) {
  if (mode == MfccMode::kHtk) return std::log(power > 0 ? power : FloorOf(mode));
  const float raised = std::max(power, FloorOf(mode));
  return mode == MfccMode::kLibrosa ? 10 * std::log10(raised) : std::log(raised);
}

DeltaEdges EdgesOf(MfccMode mode) {
  return mode == MfccMode::kLibrosa ? DeltaEdges::kHoldDeltas : DeltaEdges::kRepeatFrames;
}

AppendDeltas MakeDeltas(const MfccOptions& options) {
  const auto count = static_cast<std::size_t>(options.num_coefficients);
  return {count, 0, count, SlopeWeights(std::max(options.delta_frames, 1)), EdgesOf(options.mode)};
}

// Deltas of the deltas in mode htk; Kaldi and librosa take them of the coefficients, which differs at the sound's ends,
// and librosa by a fitted parabola.
AppendDeltas MakeAccelerations(const MfccOptions& options) {
  const auto count = static_cast<std::size_t>(options.num_coefficients);
  const int reach = std::max(options.delta_frames, 1);
  const std::vector<float> slope = SlopeWeights(reach);
  switch (options.mode) {
    case MfccMode::kKaldi: return {2 * count, 0, count, Convolved(slope, slope), EdgesOf(options.mode)};
    case MfccMode::kLibrosa: return {2 * count, 0, count, CurvatureWeights(reach), EdgesOf(options.mode)};
    default: return {2 * count, count, count, slope, EdgesOf(options.mode)};
  }
}

}  // namespace

MfccFeatures::MfccFeatures(const MfccOptions& options)
    : options_(Checked(options)),
      cutter_(options.mode == MfccMode::kLibrosa ? options.transform_size() : options.window_samples(),
              options.hop_samples(), options.edges),
      window_(MakeWindow(options.window, options.window_samples(), options.window_end)),
      fft_(options.transform_size()),
      filters_({.sample_rate_hz = options.sample_rate_hz,
                .fft_size = options.transform_size(),
                .num_bands = options.num_bands,
                .low_hz = options.low_hz,
                .high_hz = options.high_hz,
                .scale = options.scale,
                .triangles = options.triangles,
                .has_unit_area = options.has_unit_area}),
      cosines_({.num_bands = options.num_bands,
                .num_coefficients = options.num_coefficients,
                .zeroth = options.zeroth,
                .lifter = options.lifter,
                .lifter_shift = options.mode == MfccMode::kLibrosa ? 1.0 : 0.0}),
      deltas_(MakeDeltas(options)),
      accelerations_(MakeAccelerations(options)),
      emphasizes_stream_(options.mode != MfccMode::kKaldi),
      scale_(options.mode == MfccMode::kLibrosa ? 1.0F : kScale16Bit),
      power_(static_cast<std::size_t>(fft_.num_bins()) + MelFilters::kPadding),
      bands_(cosines_.num_inputs()),
      coefficients_(static_cast<std::size_t>(options.num_coefficients)),
      statics_(static_cast<std::size_t>(options.num_coefficients)) {}

int MfccFeatures::dim() const {
  return options_.num_coefficients * (options_.delta_frames > 0 ? 3 : 1);
}

std::vector<std::string> MfccFeatures::names() const {
  std::vector<std::string> statics;
  for (int k = options_.level == MfccLevel::kC0 ? 0 : 1; k < options_.num_coefficients; ++k) {
    statics.push_back(fmt::format("c{}", k));
  }
  if (options_.level == MfccLevel::kLogEnergy) statics.insert(statics.begin(), "log-energy");
  if (options_.level == MfccLevel::kLogEnergyLast) statics.emplace_back("log-energy");
  std::vector<std::string> all = statics;
  if (options_.delta_frames > 0) {
    for (const std::string& name : statics) all.push_back("delta-" + name);
    for (const std::string& name : statics) all.push_back("acceleration-" + name);
  }
  return all;
}

void MfccFeatures::AcceptWaveform(std::span<const float> samples) {
  const auto take = [this](std::span<const float> frame) { AcceptFrame(frame); };
  const auto emphasis = emphasizes_stream_ ? static_cast<float>(options_.pre_emphasis) : 0.0F;
  while (!samples.empty()) {
    const auto piece = samples.first(std::min(samples.size(), kPieceSamples));
    samples = samples.subspan(piece.size());
    emphasized_.resize(piece.size());
    emphasized_[0] = scale_ * (piece[0] - emphasis * last_sample_);
    for (std::size_t i = 1; i < piece.size(); ++i) emphasized_[i] = scale_ * (piece[i] - emphasis * piece[i - 1]);
    last_sample_ = piece.back();
    cutter_.Accept(emphasized_, take);
  }
}

// Mode kaldi's way with a frame: its mean off, its energy, its pre-emphasis in which the first sample stands for the
// one before it. Returns the logarithm of the energy.
float MfccFeatures::Prepare(std::span<const float> frame, std::span<float> out) {
  std::copy(frame.begin(), frame.end(), out.begin());
  out = out.first(frame.size());
  if (options_.removes_mean) {
    double sum = 0;
    for (const float sample : out) sum += static_cast<double>(sample);
    const auto mean = static_cast<float>(sum / static_cast<double>(out.size()));
    for (float& sample : out) sample -= mean;
  }
  float log_energy = 0;
  if (options_.mode == MfccMode::kKaldi && options_.level != MfccLevel::kC0) {
    float energy = 0;
    for (const float sample : out) energy += sample * sample;
    log_energy = LogOf(options_.mode, energy);
  }
  if (!emphasizes_stream_) {
    const auto emphasis = static_cast<float>(options_.pre_emphasis);
    for (std::size_t i = out.size() - 1; i > 0; --i) out[i] -= emphasis * out[i - 1];
    out[0] -= emphasis * out[0];
  }
  return log_energy;
}

void MfccFeatures::AcceptFrame(std::span<const float> frame) {
  const std::span<float> in = fft_.input();
  float log_energy = 0;
  if (options_.mode == MfccMode::kLibrosa) {
    const std::size_t front = (frame.size() - window_.size()) / 2;
    std::fill(in.begin(), in.end(), 0.0F);
    for (std::size_t i = 0; i < window_.size(); ++i) in[front + i] = frame[front + i] * window_[i];
  } else {
    std::fill(in.begin() + static_cast<std::ptrdiff_t>(frame.size()), in.end(), 0.0F);
    if (options_.mode == MfccMode::kKaldi || options_.removes_mean) {
      log_energy = Prepare(frame, in);
      for (std::size_t i = 0; i < window_.size(); ++i) in[i] *= window_[i];
    } else {
      for (std::size_t i = 0; i < window_.size(); ++i) in[i] = frame[i] * window_[i];
    }
  }
  fft_.Power(power_);
  const auto num_bins = static_cast<std::size_t>(fft_.num_bins());
  if (options_.mode == MfccMode::kHtk) {
    const float share = 1 / static_cast<float>(fft_.size());
    for (std::size_t k = 0; k < num_bins; ++k) power_[k] *= share;
    if (options_.level != MfccLevel::kC0) {
      float energy = 0;
      for (std::size_t k = 0; k < num_bins; ++k) energy += power_[k];
      log_energy = LogOf(options_.mode, energy);
    }
  }
  if (options_.mode == MfccMode::kKaldi) power_[num_bins - 1] = 0;  // Kaldi's bands leave half the sample rate out
  filters_.Apply(power_, bands_);
  for (int band = 0; band < options_.num_bands; ++band) {
    float& value = bands_[static_cast<std::size_t>(band)];
    value = LogOf(options_.mode, value);
  }
  if (options_.top_db > 0) {
    held_bands_.insert(held_bands_.end(), bands_.begin(), bands_.end());
  } else {
    AcceptBands(log_energy);
  }
}

void MfccFeatures::AcceptBands(float log_energy) {
  cosines_.Apply(bands_, coefficients_);
  if (options_.level == MfccLevel::kLogEnergyLast) {
    std::copy(coefficients_.begin() + 1, coefficients_.end(), statics_.begin());
    statics_.back() = log_energy;
  } else {
    std::copy(coefficients_.begin(), coefficients_.end(), statics_.begin());
    if (options_.level == MfccLevel::kLogEnergy) statics_.front() = log_energy;
  }
  AcceptStatics();
}

void MfccFeatures::AcceptStatics() {
  if (options_.delta_frames == 0) {
    Emit(statics_);
    return;
  }
  deltas_.Accept(statics_, [this](std::span<const float> frame) {
    accelerations_.Accept(frame, [this](std::span<const float> whole) { Emit(whole); });
  });
}

void MfccFeatures::InputFinished() {
  cutter_.Finish([this](std::span<const float> frame) { AcceptFrame(frame); });
  if (!held_bands_.empty()) {
    const float loudest = *std::max_element(held_bands_.begin(), held_bands_.end());
    const float least = loudest - static_cast<float>(options_.top_db);
    const std::size_t row = bands_.size();
    const auto num_bands = static_cast<std::size_t>(options_.num_bands);
    for (std::size_t start = 0; start < held_bands_.size(); start += row) {
      for (std::size_t k = 0; k < num_bands; ++k) bands_[k] = std::max(held_bands_[start + k], least);
      AcceptBands(0);
    }
    held_bands_.clear();
  }
  if (options_.delta_frames == 0) return;
  const auto emit = [this](std::span<const float> whole) { Emit(whole); };
  deltas_.Finish([&](std::span<const float> frame) { accelerations_.Accept(frame, emit); });
  accelerations_.Finish(emit);
}

}  // namespace sezim
