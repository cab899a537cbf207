// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/perturbation.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace sezim {
namespace {

// Around a mark at `at`, `half` samples to either side: inside the sound?
bool Fits(std::span<const float> samples, std::ptrdiff_t at, std::ptrdiff_t half) {
  return at - half >= 0 && at + half < std::ssize(samples);
}

double Likeness(const float* a, const float* b, std::ptrdiff_t half) {
  double both = 0, first = 0, second = 0;
  for (std::ptrdiff_t i = -half; i <= half; ++i) {
    const auto x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
    both += x * y;
    first += x * x;
    second += y * y;
  }
  return first > 0 && second > 0 ? both / std::sqrt(first * second) : 0;
}

// How many samples on from `at`, in the direction `sign`, the sound resembles itself most; 0 if it leaves the sound.
double NextPeriod(std::span<const float> samples, std::ptrdiff_t at, double period, int sign) {
  const auto half = static_cast<std::ptrdiff_t>(period / 2);
  const auto least = static_cast<std::ptrdiff_t>(0.8 * period), most = static_cast<std::ptrdiff_t>(1.2 * period) + 1;
  if (!Fits(samples, at, half) || !Fits(samples, at + sign * (most + 1), half)) return 0;
  std::vector<double> likeness;
  for (std::ptrdiff_t lag = least - 1; lag <= most + 1; ++lag) {
    likeness.push_back(Likeness(samples.data() + at, samples.data() + at + sign * lag, half));
  }
  const auto best = std::max_element(likeness.begin() + 1, likeness.end() - 1);
  const double before = *(best - 1), here = *best, after = *(best + 1);
  const double bend = before - 2 * here + after;
  const double shift = bend < 0 ? std::clamp((before - after) / (2 * bend), -0.5, 0.5) : 0;
  return static_cast<double>(least - 1 + (best - likeness.begin())) + shift;
}

double MeanStep(const std::vector<double>& values) {
  double steps = 0, sum = 0;
  for (std::size_t i = 1; i < values.size(); ++i) steps += std::abs(values[i] - values[i - 1]);
  for (const double value : values) sum += value;
  const auto count = static_cast<double>(values.size());
  return sum > 0 ? steps / (count - 1) / (sum / count) : 0;
}

}  // namespace

Perturbation MeasurePerturbation(std::span<const float> samples, double middle, double period, double reach) {
  const auto half = static_cast<std::ptrdiff_t>(period / 2);
  auto start = static_cast<std::ptrdiff_t>(middle);
  if (!Fits(samples, start, half)) return {};
  const auto louder = [](float a, float b) { return std::abs(a) < std::abs(b); };
  start = std::max_element(samples.begin() + start - half, samples.begin() + start + half, louder) - samples.begin();

  std::vector<double> periods, marks{static_cast<double>(start)};
  for (const int sign : {-1, 1}) {
    double at = static_cast<double>(start);
    for (;;) {
      const double step = NextPeriod(samples, std::lround(at), period, sign);
      if (step == 0 || std::abs(at + sign * step - middle) > reach) break;
      at += sign * step;
      periods.push_back(step);
      marks.push_back(at);
    }
    if (sign < 0) {
      std::reverse(periods.begin(), periods.end());
      std::reverse(marks.begin(), marks.end());
    }
  }
  if (periods.size() < 3) return {};
  std::vector<double> heights;
  for (const double mark : marks) {
    const std::ptrdiff_t at = std::lround(mark);
    if (!Fits(samples, at, half)) continue;
    const auto [low, high] = std::minmax_element(samples.begin() + at - half, samples.begin() + at + half + 1);
    heights.push_back(static_cast<double>(*high - *low));
  }
  return {MeanStep(periods), heights.size() >= 3 ? MeanStep(heights) : 0};
}

}  // namespace sezim
