// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/voice_activity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numbers>
#include <random>

#include "sezim/base/error.h"
#include "support/golden_voice.h"
#include "support/thrown.h"

namespace sezim {
namespace {

std::shared_ptr<const OnnxSession> Network(const char* name = "silero-vad-sequence") {
  return std::make_shared<OnnxSession>(ModelStore().Load(name));
}

std::vector<float> Probabilities(std::span<const std::int16_t> samples, std::span<const std::size_t> cuts = {}) {
  static const auto network = Network();
  VoiceActivityDetector detector(network);
  for (const std::size_t cut : cuts) {
    detector.AcceptWaveform(samples.first(cut));
    samples = samples.subspan(cut);
  }
  detector.AcceptWaveform(samples);
  detector.InputFinished();
  return detector.probabilities();
}

TEST(VoiceActivityGolden, AgreesWithTheReference) {
  std::ifstream file(SEZIM_SOURCE_FOLDER "/golden/vad/silero-vad.json");
  const auto golden = nlohmann::json::parse(file)["outputs"].get<std::vector<float>>();
  const std::vector<float> ours = Probabilities(GoldenVoice());
  ASSERT_EQ(ours.size(), golden.size());
  ASSERT_EQ(ours.size(), 94U);
  for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_NEAR(ours[i], golden[i], 1e-3) << "window " << i;
}

TEST(VoiceActivity, AStreamCutAnywhereGivesTheBatchsProbabilities) {
  std::vector<std::int16_t> samples = GoldenVoice();
  const std::vector<std::int16_t> once = samples;
  for (int i = 0; i < 3; ++i) samples.insert(samples.end(), once.begin(), once.end());
  samples.resize(samples.size() - 77);  // the last window is not whole
  const std::vector<float> batch = Probabilities(samples);
  EXPECT_EQ(batch.size(), (samples.size() + 511) / 512);
  std::mt19937 random(5);
  for (int round = 0; round < 8; ++round) {
    std::vector<std::size_t> cuts;
    const std::size_t longest = round % 2 == 0 ? 700 : 60'000;
    for (std::size_t left = samples.size();;) {
      const std::size_t cut = random() % longest;
      if (cut > left) break;
      cuts.push_back(cut);
      left -= cut;
    }
    EXPECT_EQ(Probabilities(samples, cuts), batch) << "round " << round;
  }
}

TEST(VoiceActivity, ProbabilitiesComeWhileTheStreamGoesOn) {
  VoiceActivityDetector detector(Network());
  const std::vector<std::int16_t> second(16'000, 100);
  for (int i = 0; i < 10; ++i) detector.AcceptWaveform(second);
  EXPECT_GT(detector.probabilities().size(), 100U);
  const std::vector<float> so_far = detector.probabilities();
  detector.InputFinished();
  EXPECT_EQ(detector.probabilities().size(), (160'000U + 511) / 512);
  EXPECT_TRUE(std::equal(so_far.begin(), so_far.end(), detector.probabilities().begin()));
}

TEST(VoiceActivity, SilenceAndNothingAreNoSpeech) {
  EXPECT_TRUE(Probabilities({}).empty());
  EXPECT_EQ(Probabilities(std::vector<std::int16_t>{1}).size(), 1U);
  for (const float one : Probabilities(std::vector<std::int16_t>(64'000, 0))) EXPECT_LT(one, 0.2F);
}

// Each of ten seconds: noise, a hum, and chords of instruments with overtones that are struck twice a second.
TEST(VoiceActivity, NoiseAndMusicAreNoSpeech) {
  constexpr double kTurn = 2 * std::numbers::pi;
  std::mt19937 random(3);
  std::normal_distribution<double> noise;
  double slow = 0;
  std::vector<std::int16_t> white, low, hum, chords;
  const auto add = [](std::vector<std::int16_t>& samples, double value) {
    samples.push_back(static_cast<std::int16_t>(std::lround(std::clamp(value, -1.0, 1.0) * 32'767)));
  };
  for (int i = 0; i < 160'000; ++i) {
    const double t = i / 16'000.0;
    slow = 0.95 * slow + 0.05 * noise(random);
    double mains = 0, music = 0;
    for (int k = 1; k <= 8; ++k) mains += std::sin(kTurn * 50 * k * t) / k;
    const double since_struck = std::fmod(t, 0.5);
    const double root = 220 * std::pow(2.0, std::floor(std::fmod(t, 4)) / 6);
    for (const double note : {1.0, 1.26, 1.5}) {
      for (int k = 1; k <= 6; ++k) music += std::sin(kTurn * root * note * k * t) / (k * k);
    }
    add(white, 0.1 * noise(random));
    add(low, slow);
    add(hum, 0.2 * mains);
    add(chords, 0.15 * music * std::exp(-4 * since_struck));
  }
  for (const auto& [what, samples] :
       {std::pair("white noise", white), {"low noise", low}, {"hum", hum}, {"chords", chords}}) {
    const std::vector<float> probabilities = Probabilities(samples);
    const auto heard = std::count_if(probabilities.begin(), probabilities.end(), [](float one) { return one > 0.5F; });
    EXPECT_LE(heard, 9) << what << ", of " << probabilities.size();
  }
}

TEST(VoiceActivity, RefusesOtherNetworks) {
  for (const char* name : {"silero-vad", "mini-xception"}) {
    const Error error = ThrownBy([&] { VoiceActivityDetector detector(Network(name)); });
    EXPECT_EQ(error.kind(), ErrorKind::kModel) << name;
    EXPECT_NE(std::string(error.what()).find(name), std::string::npos);
  }
}

}  // namespace
}  // namespace sezim
