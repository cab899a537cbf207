// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/augment.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "sezim/base/error.h"

namespace sezim {
namespace {

double MeanSquare(std::span<const float> samples) {
  double sum = 0;
  for (const float sample : samples) sum += static_cast<double>(sample) * static_cast<double>(sample);
  return samples.empty() ? 0 : sum / static_cast<double>(samples.size());
}

// A whole number from 0 to `most`.
int Draw(std::mt19937_64& random, std::int64_t most) {
  return most <= 0 ? 0 : static_cast<int>(random() % static_cast<std::uint64_t>(most + 1));
}

}  // namespace

std::vector<float> WhiteNoise(std::size_t num_samples, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal(0, 1);
  std::vector<float> noise(num_samples);
  for (float& sample : noise) sample = normal(random);
  return noise;
}

std::vector<float> AddNoise(std::span<const float> samples, std::span<const float> noise, double snr_db) {
  std::vector<float> sound(samples.begin(), samples.end());
  // Of a noise that is longer than the sound only the part that is heard counts.
  const double noise_power = MeanSquare(noise.first(std::min(noise.size(), samples.size())));
  const double power = MeanSquare(samples);
  if (noise_power <= 0 || power <= 0) return sound;
  const auto gain = static_cast<float>(std::sqrt(power / noise_power * std::pow(10, -snr_db / 10)));
  for (std::size_t i = 0; i < sound.size(); ++i) sound[i] += gain * noise[i % noise.size()];
  return sound;
}

std::vector<float> ChangeSpeed(std::span<const float> samples, double factor) {
  Check(factor >= 0.25 && factor <= 4, "a speed of 0.25 to 4");
  constexpr double kZeroCrossings = 16;
  const double cutoff = std::min(1.0, 1 / factor);  // of half the sample rate
  const double reach = kZeroCrossings / cutoff;
  const auto num_out = static_cast<std::size_t>(std::lround(static_cast<double>(samples.size()) / factor));
  std::vector<float> sound(num_out);
  for (std::size_t i = 0; i < num_out; ++i) {
    const double middle = static_cast<double>(i) * factor;
    const auto first = static_cast<std::ptrdiff_t>(std::max(0.0, std::ceil(middle - reach)));
    const auto last = std::min(static_cast<std::ptrdiff_t>(middle + reach), std::ssize(samples) - 1);
    double sum = 0;
    for (std::ptrdiff_t n = first; n <= last; ++n) {
      const double off = static_cast<double>(n) - middle;
      const double turn = std::numbers::pi * cutoff * off;
      const double sinc = std::abs(turn) < 1e-9 ? 1 : std::sin(turn) / turn;
      const double window = 0.5 + 0.5 * std::cos(std::numbers::pi * off / reach);
      sum += static_cast<double>(samples[static_cast<std::size_t>(n)]) * cutoff * sinc * window;
    }
    sound[i] = static_cast<float>(sum);
  }
  return sound;
}

std::vector<float> ChangeLength(std::span<const float> samples, double factor, double sample_rate_hz) {
  Check(factor >= 0.25 && factor <= 4, "a length of 0.25 to 4");
  constexpr double kHopS = 0.016, kToleranceS = 0.008;
  const auto hop = static_cast<std::ptrdiff_t>(std::lround(kHopS * sample_rate_hz));
  const auto tolerance = static_cast<std::ptrdiff_t>(std::lround(kToleranceS * sample_rate_hz));
  const auto at = [&](std::ptrdiff_t i) {
    return i >= 0 && i < std::ssize(samples) ? samples[static_cast<std::size_t>(i)] : 0.0F;
  };
  const auto num_out = static_cast<std::size_t>(std::lround(static_cast<double>(samples.size()) * factor));
  std::vector<float> sound(num_out);
  std::ptrdiff_t last = 0;  // where the piece before was taken from
  for (std::ptrdiff_t start = 0; start < std::ssize(sound); start += hop) {
    auto best = static_cast<std::ptrdiff_t>(std::lround(static_cast<double>(start) / factor));
    if (start > 0) {
      // Of the pieces near there, the one most like what followed the last piece in the sound itself.
      const std::ptrdiff_t wanted = best;
      double best_likeness = -1;
      for (std::ptrdiff_t from = wanted - tolerance; from <= wanted + tolerance; ++from) {
        double both = 0, power = 1e-12;
        for (std::ptrdiff_t i = 0; i < hop; i += 2) {
          const auto a = static_cast<double>(at(from + i)), b = static_cast<double>(at(last + hop + i));
          both += a * b;
          power += a * a;
        }
        const double likeness = both / std::sqrt(power);
        if (likeness > best_likeness) {
          best_likeness = likeness;
          best = from;
        }
      }
    }
    // Pieces of two hops with a Hann window each: neighbours add up to 1.
    for (std::ptrdiff_t i = 0; i < 2 * hop && start + i < std::ssize(sound); ++i) {
      const double turn = std::numbers::pi * static_cast<double>(i) / static_cast<double>(hop);
      const bool is_first_half_of_all = start == 0 && i < hop;
      const double weight = is_first_half_of_all ? 1 : 0.5 - 0.5 * std::cos(turn);
      sound[static_cast<std::size_t>(start + i)] += static_cast<float>(weight) * at(best + i);
    }
    last = best;
  }
  return sound;
}

std::vector<float> ChangePitch(std::span<const float> samples, double semitones, double sample_rate_hz) {
  Check(std::abs(semitones) <= 12, "a pitch at most an octave away");
  const double factor = std::pow(2, semitones / 12);
  std::vector<float> sound = ChangeSpeed(ChangeLength(samples, factor, sample_rate_hz), factor);
  sound.resize(samples.size());
  return sound;
}

void MaskSpectrum(FeatureMatrix& frames, const SpecAugmentOptions& options, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto dim = static_cast<std::int64_t>(frames.dim);
  for (int i = 0; i < options.num_time_masks; ++i) {
    const int width = Draw(random, std::min<std::int64_t>(options.max_mask_frames, frames.num_frames / 2));
    const int first = Draw(random, frames.num_frames - width);
    const auto begin = frames.values.begin() + first * dim;
    std::fill(begin, begin + width * dim, options.value);
  }
  for (int i = 0; i < options.num_band_masks; ++i) {
    const int width = Draw(random, std::min<std::int64_t>(options.max_mask_bands, dim / 2));
    const int first = Draw(random, dim - width);
    for (std::int64_t t = 0; t < frames.num_frames; ++t) {
      const auto begin = frames.values.begin() + t * dim + first;
      std::fill(begin, begin + width, options.value);
    }
  }
}

}  // namespace sezim
