// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/evaluate_overlap.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "sezim/base/error.h"
#include "sezim/base/parallel.h"

namespace sezim {
namespace {

constexpr double kFullScale = 32'767;

double MeanPower(const std::vector<std::int16_t>& samples) {
  const double sum = std::accumulate(samples.begin(), samples.end(), 0.0, [](double so_far, std::int16_t sample) {
    return so_far + double{1} * sample * sample;
  });
  return sum / static_cast<double>(samples.size());
}

// Evenly in [0, 1), the same with every standard library.
double Uniform(std::mt19937& random) {
  return static_cast<double>(random()) / 4294967296.0;
}

}  // namespace

std::vector<std::int16_t> MixVoices(const std::vector<std::int16_t>& voice, const std::vector<std::int16_t>& other,
                                    double below_db, std::size_t start, std::size_t num_samples) {
  Check(!voice.empty() && !other.empty() && start + num_samples <= voice.size(), "a stretch of a voice");
  const double gain = std::sqrt(MeanPower(voice) / std::max(MeanPower(other), 1e-9)) * std::pow(10, -below_db / 20);
  std::vector<double> sum(voice.begin(), voice.end());
  for (std::size_t i = 0; i < num_samples; ++i) sum[start + i] += gain * other[i % other.size()];
  double loudest = kFullScale;
  for (const double sample : sum) loudest = std::max(loudest, std::abs(sample));
  std::vector<std::int16_t> mixed;
  mixed.reserve(sum.size());
  for (const double sample : sum)
    mixed.push_back(static_cast<std::int16_t>(std::lround(sample * kFullScale / loudest)));
  return mixed;
}

std::vector<double> LogOddsAlone(const std::vector<OneVoice>& voices,
                                 const std::function<double(const std::vector<std::int16_t>&)>& log_odds,
                                 int num_threads) {
  std::vector<double> all(voices.size());
  ParallelFor(voices.size(), num_threads, [&](std::size_t i) { all[i] = log_odds(voices[i].samples); });
  return all;
}

std::vector<double> LogOddsMixed(const std::vector<OneVoice>& voices, const OverlapKind& kind, unsigned seed,
                                 const std::function<double(const std::vector<std::int16_t>&)>& log_odds,
                                 int num_threads) {
  const bool are_several = std::any_of(voices.begin(), voices.end(),
                                       [&](const OneVoice& one) { return one.person != voices.front().person; });
  if (!are_several) {
    throw Error(ErrorKind::kBadInput, "all recordings are of one speaker, and none can be mixed with another's",
                "give a folder of several speakers, and say how their names tell them (--name-letters)");
  }
  std::vector<double> all(voices.size());
  ParallelFor(voices.size(), num_threads, [&](std::size_t i) {
    std::mt19937 random(seed + static_cast<unsigned>(i));
    const OneVoice& voice = voices[i];
    const OneVoice* other = &voice;
    while (other->person == voice.person) other = &voices[random() % voices.size()];
    const double below_db = kind.least_db + Uniform(random) * (kind.most_db - kind.least_db);
    const auto length = static_cast<std::size_t>(kind.share * static_cast<double>(voice.samples.size()));
    const std::size_t start = random() % (voice.samples.size() - length + 1);
    all[i] = log_odds(MixVoices(voice.samples, other->samples, below_db, start, length));
  });
  return all;
}

}  // namespace sezim
