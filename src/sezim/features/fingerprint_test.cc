// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/fingerprint.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numbers>
#include <random>

namespace sezim {
namespace {

using testing::AllOf;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

// A sound whose notes change three times a second, as fingerprints want it; another for each seed.
std::vector<std::int16_t> Tune(unsigned seed, double duration_s) {
  std::mt19937 random(seed);
  std::vector<std::int16_t> samples;
  std::vector<double> notes_hz(3);
  for (std::size_t i = 0; static_cast<double>(i) < duration_s * 16'000; ++i) {
    if (i % 5333 == 0) {
      for (double& hz : notes_hz) hz = 110 * std::pow(2, static_cast<double>(random() % 48) / 12);
    }
    double sum = 0;
    for (const double hz : notes_hz) sum += std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / 16'000);
    samples.push_back(static_cast<std::int16_t>(4000 * sum));
  }
  return samples;
}

Fingerprint PrintOf(const std::vector<std::int16_t>& samples) {
  Fingerprinter fingerprinter;
  fingerprinter.AcceptWaveform(samples);
  return fingerprinter.Finish();
}

std::vector<std::int16_t> Joined(std::vector<std::int16_t> a, const std::vector<std::int16_t>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::vector<std::int16_t> Cut(const std::vector<std::int16_t>& samples, double from_s, double to_s) {
  return {samples.begin() + std::lround(from_s * 16'000), samples.begin() + std::lround(to_s * 16'000)};
}

// As a lossy encoder would: quieter and with some noise.
std::vector<std::int16_t> Degraded(std::vector<std::int16_t> samples) {
  std::mt19937 random(9);
  for (std::int16_t& sample : samples) {
    sample = static_cast<std::int16_t>(sample * 0.4 + static_cast<double>(random() % 401) - 200);
  }
  return samples;
}

auto IsRepeat(std::size_t later, double start_s, double end_s, std::size_t earlier, double earlier_start_s) {
  constexpr double kNear = 1.5;
  return AllOf(Field(&Repeat::later, later), Field(&Repeat::start_s, testing::DoubleNear(start_s, kNear)),
               Field(&Repeat::end_s, testing::DoubleNear(end_s, kNear)), Field(&Repeat::earlier, earlier),
               Field(&Repeat::earlier_start_s, testing::DoubleNear(earlier_start_s, kNear)));
}

TEST(Fingerprint, HasOneNumberForEachStep) {
  EXPECT_NEAR(static_cast<double>(PrintOf(Tune(1, 60)).size()) * kFingerprintStepS, 57.5, 0.5);
  EXPECT_TRUE(PrintOf({}).empty());
  EXPECT_TRUE(PrintOf(Tune(1, 2)).empty());
}

TEST(Fingerprint, DoesNotDependOnHowTheStreamIsCut) {
  const auto samples = Tune(2, 20);
  Fingerprinter fingerprinter;
  for (std::size_t at = 0; at < samples.size(); at += 777) {
    fingerprinter.AcceptWaveform(std::span(samples).subspan(at, std::min<std::size_t>(777, samples.size() - at)));
  }
  EXPECT_EQ(fingerprinter.Finish(), PrintOf(samples));
}

TEST(FindRepeats, FindsACopyThatWasEncodedAnew) {
  const auto samples = Tune(3, 60);
  const std::vector<Fingerprint> prints = {PrintOf(samples), PrintOf(Tune(4, 60)), PrintOf(Degraded(samples))};
  EXPECT_THAT(FindRepeats(prints, {}), testing::Contains(IsRepeat(2, 0, 60, 0, 0)));
  EXPECT_THAT(FindRepeats(std::span(prints).first(2), {}), IsEmpty());
}

TEST(FindRepeats, FindsAStretchThatWasCutOutAndMoved) {
  const auto samples = Tune(5, 60);
  const auto other = Joined(Tune(6, 21.37), Joined(Cut(samples, 25.05, 55.05), Tune(7, 20)));
  const std::vector<Fingerprint> prints = {PrintOf(samples), PrintOf(other)};
  EXPECT_THAT(FindRepeats(prints, {}), testing::Contains(IsRepeat(1, 21.4, 51.4, 0, 25)));
  EXPECT_THAT(FindRepeats(prints, {.min_s = 40}), IsEmpty());
}

TEST(FindRepeats, FindsWhatIsShownTwice) {
  const auto samples = Tune(8, 30);
  const std::vector<Fingerprint> prints = {PrintOf(Joined(samples, Joined(Tune(9, 15), samples)))};
  EXPECT_THAT(FindRepeats(prints, {}), testing::Contains(IsRepeat(0, 45, 75, 0, 0)));
}

TEST(FindRepeats, ShortStretchesAndSilenceAreNone) {
  const auto jingle = Tune(10, 8);
  const std::vector<std::int16_t> silence(16'000 * 60, 0);
  EXPECT_THAT(
      FindRepeats(std::vector{PrintOf(Joined(jingle, Tune(11, 30))), PrintOf(Joined(Tune(12, 30), jingle))}, {}),
      IsEmpty());
  EXPECT_THAT(FindRepeats(std::vector{Fingerprint(), PrintOf(Tune(1, 20)), Fingerprint()}, {}), IsEmpty());
  for (const Repeat& repeat : FindRepeats(std::vector{PrintOf(silence), PrintOf(Tune(13, 60))}, {})) {
    EXPECT_EQ(repeat.later, repeat.earlier);  // silence after silence
  }
}

}  // namespace
}  // namespace sezim
