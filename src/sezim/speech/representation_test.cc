// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/representation.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "sezim/base/error.h"
#include "support/golden_voice.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

struct Kind {
  const char* name;
  int num_layers, dim;
  std::size_t hop_samples;    // 0: one frame for a sound
  std::size_t least_samples;  // that give a frame
};

void PrintTo(const Kind& kind, std::ostream* out) {
  *out << kind.name;
}

std::vector<float> Voice() {
  std::vector<float> sound;
  for (const std::int16_t sample : GoldenVoice()) sound.push_back(static_cast<float>(sample) / 32768);
  return sound;
}

// What every representation promises.
class RepresentationContract : public testing::TestWithParam<Kind> {
 protected:
  std::unique_ptr<const Representation> representation_ = OpenRepresentation(GetParam().name, ModelStore());

  std::vector<FeatureMatrix> All(std::span<const float> samples) const {
    return representation_->Layers(samples, 0, representation_->num_layers() - 1);
  }

  void ExpectShapes(const std::vector<FeatureMatrix>& layers, std::size_t num_samples) const {
    const Kind& kind = GetParam();
    std::size_t frames = kind.hop_samples == 0 ? 1 : (num_samples + kind.hop_samples - 1) / kind.hop_samples;
    if (num_samples < kind.least_samples) frames = 0;
    for (const FeatureMatrix& layer : layers) {
      EXPECT_EQ(layer.dim, kind.dim);
      EXPECT_EQ(layer.num_frames, static_cast<std::int64_t>(frames)) << num_samples;
      EXPECT_EQ(layer.values.size(), frames * static_cast<std::size_t>(kind.dim));
      for (const float value : layer.values) ASSERT_TRUE(std::isfinite(value));
    }
  }
};

TEST_P(RepresentationContract, SaysWhatItIs) {
  EXPECT_EQ(representation_->name(), GetParam().name);
  EXPECT_EQ(representation_->num_layers(), GetParam().num_layers);
  EXPECT_EQ(representation_->dim(), GetParam().dim);
  EXPECT_EQ(representation_->hop_s(), static_cast<double>(GetParam().hop_samples) / 16'000);
  EXPECT_EQ(representation_->sha256().size(), 64U);
}

TEST_P(RepresentationContract, ShapesFitTheSound) {
  const std::vector<float> sound = Voice();
  for (const std::size_t size : {0U, 1U, 100U, 320U, 321U, 1600U, 16'000U, 48'128U}) {
    const std::vector<FeatureMatrix> layers = All(std::span(sound).first(size));
    EXPECT_EQ(layers.size(), static_cast<std::size_t>(GetParam().num_layers));
    ExpectShapes(layers, size);
  }
}

TEST_P(RepresentationContract, SilenceHasNumbersToo) {
  ExpectShapes(All(std::vector<float>(20'000, 0.0F)), 20'000);
}

TEST_P(RepresentationContract, LongSoundsAreLookedAtInWindows) {
  std::vector<float> sound = Voice();
  while (sound.size() < 31 * 16'000) sound.insert(sound.end(), sound.begin(), sound.begin() + 48'000);
  sound.resize(31 * 16'000 + 7);
  ExpectShapes(representation_->Layers(sound, 0, 0), sound.size());
}

TEST_P(RepresentationContract, SomeLayersAreThoseOfAll) {
  const std::vector<float> sound = Voice();
  const std::vector<FeatureMatrix> all = All(sound);
  for (int first = 0; first < GetParam().num_layers; ++first) {
    const int last = std::min(first + 1, GetParam().num_layers - 1);
    const std::vector<FeatureMatrix> some = representation_->Layers(sound, first, last);
    ASSERT_EQ(some.size(), static_cast<std::size_t>(last - first + 1));
    for (std::size_t i = 0; i < some.size(); ++i) {
      const FeatureMatrix& same = all[i + static_cast<std::size_t>(first)];
      ASSERT_EQ(some[i].values.size(), same.values.size());
      for (std::size_t k = 0; k < same.values.size(); ++k) ASSERT_NEAR(some[i].values[k], same.values[k], 1e-4);
    }
    if (first > 0) {
      EXPECT_NE(all[static_cast<std::size_t>(first)].values, all[static_cast<std::size_t>(first - 1)].values);
    }
  }
  EXPECT_THROW(representation_->Layers(sound, 0, GetParam().num_layers), ContractViolation);
  EXPECT_THROW(representation_->Layers(sound, -1, 0), ContractViolation);
}

TEST_P(RepresentationContract, ThreadsGetWhatOneGets) {
  const std::vector<float> sound = Voice();
  const auto run = [&](std::size_t i) { return All(std::span(sound).subspan(i * 8000, 16'000)).back().values; };
  const std::unique_ptr<const Representation> other = OpenRepresentation(GetParam().name, ModelStore());
  std::vector<std::vector<float>> together(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < together.size(); ++i) {
    threads.emplace_back([&, i] { together[i] = run(i); });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < together.size(); ++i) {
    EXPECT_EQ(together[i], run(i));
    const auto piece = std::span(sound).subspan(i * 8000, 16'000);
    EXPECT_EQ(together[i], other->Layers(piece, 0, other->num_layers() - 1).back().values);
    if (i > 0) {
      EXPECT_NE(together[i], together[0]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, RepresentationContract,
                         testing::Values(Kind{"whisper-base", 7, 512, 320, 1}, Kind{"ge2e-states", 3, 256, 160, 1},
                                         Kind{"ge2e", 1, 256, 0, 1600}));

TEST(RepresentationGolden, WhisperSOutputIsThatOfTheReference) {
  std::ifstream file(SEZIM_SOURCE_FOLDER "/golden/whisper/whisper-base.json");
  const auto golden = nlohmann::json::parse(file);
  const FeatureMatrix output = OpenRepresentation("whisper-base", ModelStore())->Layers(Voice(), 6, 6).front();
  ASSERT_EQ(output.num_frames, golden["num_frames"].get<std::int64_t>());
  for (const auto& [index, values] : golden["output"].items()) {
    const std::span<const float> ours = output.Frame(std::stoll(index));
    ASSERT_EQ(ours.size(), values.size());
    for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_NEAR(ours[i], values[i].get<float>(), 5e-3) << index;
  }
}

TEST(Representation, WhatIsNoneIsRefused) {
  const Error error = ThrownBy([] { OpenRepresentation("mini-xception", ModelStore()); });
  EXPECT_EQ(error.kind(), ErrorKind::kModel);
  EXPECT_THAT(error.what(), HasSubstr("expression"));
  EXPECT_EQ(ThrownBy([] { OpenRepresentation("no-such-model", ModelStore()); }).kind(), ErrorKind::kNotFound);
}

}  // namespace
}  // namespace sezim
