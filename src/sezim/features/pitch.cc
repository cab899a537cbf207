// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/pitch.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "sezim/base/error.h"
#include "sezim/features/real_fft.h"
#include "sezim/features/window.h"

namespace sezim {
namespace {

constexpr std::size_t kFiner = 4;           // the autocorrelation is interpolated to this many points a sample
constexpr std::size_t kMaxCandidates = 15;  // of a frame, the unvoiced one among them
constexpr double kVoicingSpread = 0.1;      // of strength, over which the voicing changes

struct Candidate {
  double f0_hz;  // 0: unvoiced
  double strength;
  double correlation;
};

// The autocorrelation of windowed frames at lags of 1 / kFiner sample.
class Autocorrelation {
 public:
  Autocorrelation(std::size_t window_samples, std::size_t max_lag)
      : window_(MakeWindow(WindowShape::kHann, static_cast<int>(window_samples), WindowEnd::kSymmetric)),
        forward_(static_cast<int>(std::bit_ceil(window_samples + max_lag + 2))),
        back_(forward_.size() * static_cast<int>(kFiner)),
        power_(static_cast<std::size_t>(forward_.num_bins())) {
    of_window_ = Correlate(window_, std::vector<float>(window_samples, 1.0F), 0);
    of_window_.resize(std::min(of_window_.size(), (max_lag + 2) * kFiner));
  }

  // Of the frame less `mean`, divided by that of the window; 1 at lag 0. Empty if the frame is constant.
  std::vector<double> Of(std::span<const float> frame, float mean) {
    std::vector<double> values = Correlate(frame, window_, mean);
    if (values[0] <= 1e-12) return {};
    const double whole = values[0];
    values.resize(of_window_.size());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = values[i] / whole / (of_window_[i] / of_window_[0]);
    return values;
  }

 private:
  std::vector<double> Correlate(std::span<const float> frame, std::span<const float> window, float mean) {
    std::span<float> in = forward_.input();
    std::fill(in.begin(), in.end(), 0.0F);
    for (std::size_t i = 0; i < frame.size(); ++i) in[i] = (frame[i] - mean) * window[i];
    forward_.Power(power_);
    // A power spectrum is even, so that its inverse transform is the real part of the forward one; zeros between the
    // halves interpolate.
    std::span<float> even = back_.input();
    std::fill(even.begin(), even.end(), 0.0F);
    even[0] = power_[0];
    for (std::size_t k = 1; k < power_.size(); ++k) even[k] = even[even.size() - k] = power_[k];
    const auto bins = back_.Transform();
    std::vector<double> values;
    for (const auto& bin : bins) values.push_back(static_cast<double>(bin.real()));
    return values;
  }

  std::vector<float> window_;
  RealFft forward_;
  RealFft back_;
  std::vector<float> power_;
  std::vector<double> of_window_{};
};

// Cost of going from one candidate to the next frame's.
double TransitionCost(const Candidate& from, const Candidate& to, const PitchOptions& options) {
  if (from.f0_hz == 0 && to.f0_hz == 0) return 0;
  const double per_hop = 0.01 / options.hop_s;
  if (from.f0_hz == 0 || to.f0_hz == 0) return per_hop * options.voiced_unvoiced_cost;
  return per_hop * options.octave_jump_cost * std::abs(std::log2(from.f0_hz / to.f0_hz));
}

// The path of greatest strength less cost (Viterbi): an index for each frame.
std::vector<std::size_t> BestPath(const std::vector<std::vector<Candidate>>& frames, const PitchOptions& options) {
  std::vector<std::vector<std::size_t>> best_before(frames.size());
  std::vector<double> scores;
  for (std::size_t t = 0; t < frames.size(); ++t) {
    std::vector<double> next;
    for (const Candidate& to : frames[t]) {
      double best = 0;
      std::size_t from = 0;
      for (std::size_t i = 0; t > 0 && i < frames[t - 1].size(); ++i) {
        const double score = scores[i] - TransitionCost(frames[t - 1][i], to, options);
        if (i == 0 || score > best) {
          best = score;
          from = i;
        }
      }
      next.push_back(best + to.strength);
      best_before[t].push_back(from);
    }
    scores = std::move(next);
  }
  std::vector<std::size_t> path(frames.size());
  if (frames.empty()) return path;
  path.back() = static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
  for (std::size_t t = frames.size() - 1; t > 0; --t) path[t - 1] = best_before[t][path[t]];
  return path;
}

}  // namespace

void PitchOptions::Check() const {
  OptionChecks checks("pitch");
  checks.Require(hop_s >= 0.001 && hop_s <= 0.025, fmt::format("hop_s must be from 0.001 to 0.025 s, not {}", hop_s));
  checks.Require(floor_hz >= 30 && floor_hz < ceiling_hz && ceiling_hz <= sample_rate_hz / 4,
                 fmt::format("floor_hz and ceiling_hz must ascend within 30 to {} Hz, not {} and {}",
                             sample_rate_hz / 4, floor_hz, ceiling_hz));
  checks.ThrowIfAny();
}

std::int64_t NumFrames(std::size_t num_samples, double sample_rate_hz, double hop_s) {
  const auto count = static_cast<std::int64_t>(num_samples);
  const auto window = static_cast<std::int64_t>(std::lround(2 * kFrameMiddleS * sample_rate_hz));
  const auto hop = static_cast<std::int64_t>(std::lround(hop_s * sample_rate_hz));
  if (count == 0) return 0;
  return count <= window ? 1 : 1 + (count - window + hop - 1) / hop;
}

std::vector<PitchFrame> TrackPitch(std::span<const float> samples, const PitchOptions& options) {
  options.Check();
  const double rate = options.sample_rate_hz;
  const auto window = static_cast<std::size_t>(std::lround(3 * rate / options.floor_hz));
  const auto max_lag = static_cast<std::size_t>(std::ceil(rate / options.floor_hz));
  const auto first_lag = static_cast<std::size_t>(rate / options.ceiling_hz * kFiner);
  Autocorrelation correlation(window, max_lag);

  double sum = 0;
  for (const float sample : samples) sum += static_cast<double>(sample);
  const auto mean = static_cast<float>(samples.empty() ? 0 : sum / static_cast<double>(samples.size()));
  float loudest = 0;
  for (const float sample : samples) loudest = std::max(loudest, std::abs(sample - mean));

  std::vector<std::vector<Candidate>> frames;
  std::vector<float> frame(window);
  const std::int64_t num_frames = NumFrames(samples.size(), rate, options.hop_s);
  for (std::int64_t t = 0; t < num_frames; ++t) {
    const auto middle =
        static_cast<std::int64_t>(std::lround((static_cast<double>(t) * options.hop_s + kFrameMiddleS) * rate));
    const std::int64_t start = middle - static_cast<std::int64_t>(window / 2);
    double level = 0;
    for (std::size_t i = 0; i < window; ++i) {
      const std::int64_t at = start + static_cast<std::int64_t>(i);
      const bool inside = at >= 0 && at < std::ssize(samples);
      frame[i] = inside ? samples[static_cast<std::size_t>(at)] : mean;
      level += static_cast<double>(frame[i]);
    }
    const auto local_mean = static_cast<float>(level / static_cast<double>(window));
    float peak = 0;
    for (std::size_t i = window / 3; i < window - window / 3; ++i)
      peak = std::max(peak, std::abs(frame[i] - local_mean));
    const double quiet = loudest > 0 ? static_cast<double>(peak / loudest) : 0;
    const double unvoiced = options.voicing_threshold +
                            std::max(0.0, 2 - quiet * (1 + options.voicing_threshold) / options.silence_threshold);
    std::vector<Candidate> candidates;
    const std::vector<double> values = correlation.Of(frame, local_mean);
    for (std::size_t lag = first_lag; lag + 1 < values.size() && lag <= max_lag * kFiner; ++lag) {
      const double before = values[lag - 1], here = values[lag], after = values[lag + 1];
      if (here < 0.5 * options.voicing_threshold || here <= before || here < after) continue;
      const double bend = before - 2 * here + after;
      const double shift = bend < 0 ? (before - after) / (2 * bend) : 0;
      double height = here - (before - after) * shift / 4;
      if (height > 1) height = 1 / height;
      const double period_s = (static_cast<double>(lag) + shift) / kFiner / rate;
      if (1 / period_s > options.ceiling_hz || 1 / period_s < options.floor_hz) continue;
      candidates.push_back(
          {1 / period_s, height - options.octave_cost * std::log2(options.floor_hz * period_s), height});
    }
    std::sort(candidates.begin(), candidates.end(),
              [](const auto& a, const auto& b) { return a.strength > b.strength; });
    if (candidates.size() >= kMaxCandidates) candidates.resize(kMaxCandidates - 1);
    candidates.insert(candidates.begin(), {0, unvoiced, 0});
    frames.push_back(std::move(candidates));
  }

  std::vector<PitchFrame> pitch;
  const std::vector<std::size_t> path = BestPath(frames, options);
  for (std::size_t t = 0; t < frames.size(); ++t) {
    const Candidate& chosen = frames[t][path[t]];
    double strongest = 0;
    for (const Candidate& one : frames[t]) strongest = one.f0_hz > 0 ? std::max(strongest, one.strength) : strongest;
    const double lead = strongest - frames[t].front().strength;
    pitch.push_back({chosen.f0_hz, 1 / (1 + std::exp(-lead / kVoicingSpread)), chosen.correlation});
  }
  return pitch;
}

}  // namespace sezim
