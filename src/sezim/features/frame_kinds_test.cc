// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/frame_kinds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "support/golden_voice.h"
#include "support/thrown.h"

namespace sezim {
namespace {

struct Case {
  std::string kind;
  FeatureOptions options{};
  double rate_hz = 16'000;
};

// Every kind, with the options that change how frames are cut or when they become ready.
std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const std::string& kind : FrameKinds()) cases.push_back({kind});
  for (const std::string mode : {"kaldi", "librosa", "paper"}) cases.push_back({"mfcc", {{"mode", mode}}});
  cases.push_back({"mfcc", {{"mode", std::string("kaldi")}, {"snip_edges", false}}});
  cases.push_back({"mfcc", {{"mode", std::string("librosa")}, {"top_db", 0.0}}});
  cases.push_back({"mfcc", {{"delta_frames", 0.0}, {"hop_s", 0.025}}});
  cases.push_back({"logmel", {{"top_db", 0.0}}});
  cases.push_back({"chroma", {{"tuning", 0.1}}});
  cases.push_back({"spectrogram", {{"normalized", false}}});
  cases.push_back({"spectrogram", {{"normalized", false}, {"two_sided", false}}});
  for (const std::string kind : {"logmel", "chroma", "mfcc"}) cases.push_back({kind, {}, 44'100});
  return cases;
}

std::string NameOf(const Case& one) {
  std::string name = one.kind;
  for (const auto& [option, value] : one.options) {
    name += " " + option;
    if (const auto* text = std::get_if<std::string>(&value)) name += "=" + *text;
  }
  return name + " at " + std::to_string(one.rate_hz);
}

std::vector<float> Sound(std::size_t num_samples) {
  std::vector<float> sound;
  const std::vector<std::int16_t> voice = GoldenVoice();
  for (std::size_t i = 0; i < num_samples; ++i) sound.push_back(static_cast<float>(voice[i % voice.size()]) / 32'768);
  return sound;
}

TEST(FrameKinds, AnyCuttingOfTheInputGivesTheSameNumbers) {
  std::mt19937 random(1);
  for (const Case& one : Cases()) {
    for (const std::size_t num_samples : {1U, 399U, 401U, 4999U, 20'000U}) {
      SCOPED_TRACE(NameOf(one) + ", samples: " + std::to_string(num_samples));
      const std::vector<float> sound = Sound(num_samples);
      const FeatureMatrix whole = ExtractAll(*MakeFrameFeatures(one.kind, one.options, one.rate_hz), sound);
      for (const std::size_t largest : {1U, 160U, 5000U}) {
        if (num_samples / largest > 6000) continue;
        const auto stream = MakeFrameFeatures(one.kind, one.options, one.rate_hz);
        FeatureMatrix joined;
        const auto take = [&] {
          const FeatureMatrix some = stream->TakeReady();
          joined.num_frames += some.num_frames;
          joined.values.insert(joined.values.end(), some.values.begin(), some.values.end());
        };
        std::uniform_int_distribution<std::size_t> size(0, largest);
        for (std::size_t at = 0; at < num_samples;) {
          const std::size_t count = std::min(largest == 1 ? 1 : size(random), num_samples - at);
          stream->AcceptWaveform(std::span(sound).subspan(at, count));
          at += count;
          take();
        }
        stream->InputFinished();
        take();
        ASSERT_EQ(joined.num_frames, whole.num_frames) << largest;
        ASSERT_TRUE(joined.values == whole.values) << largest;
      }
    }
  }
}

TEST(FrameKinds, NumbersAreFiniteWhateverTheSoundAndHaveNames) {
  for (const Case& one : Cases()) {
    SCOPED_TRACE(NameOf(one));
    const auto new_one = [&] { return MakeFrameFeatures(one.kind, one.options, one.rate_hz); };
    EXPECT_EQ(ExtractAll(*new_one(), {}).num_frames, 0);
    EXPECT_EQ(std::ssize(new_one()->names()), new_one()->dim());
    std::vector<std::string> names = new_one()->names();
    std::sort(names.begin(), names.end());
    EXPECT_EQ(std::unique(names.begin(), names.end()), names.end());
    const std::vector<float> silence(20'000, 0.0F);
    std::vector<float> square;
    for (int i = 0; i < 20'000; ++i) square.push_back(i / 50 % 2 == 0 ? 1.0F : -1.0F);
    const std::vector<float> constant(20'000, 0.5F);
    for (const auto& sound : {silence, square, constant, Sound(3), Sound(20'000)}) {
      const FeatureMatrix frames = ExtractAll(*new_one(), sound);
      EXPECT_EQ(std::ssize(frames.values), frames.num_frames * new_one()->dim());
      EXPECT_TRUE(std::all_of(frames.values.begin(), frames.values.end(), [](float x) { return std::isfinite(x); }));
    }
    EXPECT_GT(ExtractAll(*new_one(), Sound(20'000)).num_frames, one.rate_hz > 16'000 ? 10 : 30);
  }
}

TEST(FrameKinds, WrongOptionsAreNamed) {
  const Error unknown = ThrownBy([] { MakeFrameFeatures("nonsense", {}, 16'000); });
  EXPECT_NE(std::string(unknown.what()).find("'nonsense'"), std::string::npos);
  const Error option = ThrownBy([] { MakeFrameFeatures("mfcc", {{"colour", 1.0}}, 16'000); });
  EXPECT_NE(std::string(option.what()).find("'colour'"), std::string::npos);
  const Error type = ThrownBy([] { MakeFrameFeatures("mfcc", {{"bands", true}}, 16'000); });
  EXPECT_NE(std::string(type.what()).find("'bands'"), std::string::npos);
  const Error word = ThrownBy([] { MakeFrameFeatures("mfcc", {{"mode", std::string("mine")}}, 16'000); });
  EXPECT_NE(std::string(word.what()).find("htk, kaldi, librosa, paper"), std::string::npos);
  const Error range = ThrownBy([] { MakeFrameFeatures("mfcc", {{"high_hz", 9000.0}}, 16'000); });
  EXPECT_NE(std::string(range.what()).find("8000"), std::string::npos);
}

}  // namespace
}  // namespace sezim
