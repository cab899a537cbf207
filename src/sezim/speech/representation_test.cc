// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/representation.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "sezim/base/error.h"
#include "support/golden_voice.h"
#include "support/made_models.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

struct Kind {
  const char* name;
  int num_layers, dim;
  double hop_s;                                    // 0: one frame for a sound
  std::size_t (*num_frames)(std::size_t samples);  // of a sound
  bool is_brought = false;                         // or one of those that set-up fetches
};

void PrintTo(const Kind& kind, std::ostream* out) {
  *out << kind.name;
}

std::size_t OfWav2Vec(std::size_t samples) {
  std::size_t frames = 0;
  for (; samples >= 400; samples -= std::min<std::size_t>(samples, 480'000)) {
    frames += (std::min<std::size_t>(samples, 480'000) - 400) / 320 + 1;
  }
  return frames;
}

std::vector<float> Voice() {
  std::vector<float> sound;
  for (const std::int16_t sample : GoldenVoice()) sound.push_back(static_cast<float>(sample) / 32768);
  return sound;
}

// What every representation promises.
class RepresentationContract : public testing::TestWithParam<Kind> {
 protected:
  std::unique_ptr<const Representation> Open() const {
    return OpenRepresentation(GetParam().name, GetParam().is_brought ? made_.store() : ModelStore());
  }

  std::vector<FeatureMatrix> All(std::span<const float> samples) const {
    return representation_->Layers(samples, 0, representation_->num_layers() - 1);
  }

  void ExpectShapes(const std::vector<FeatureMatrix>& layers, std::size_t num_samples) const {
    const Kind& kind = GetParam();
    const std::size_t frames = kind.num_frames(num_samples);
    for (const FeatureMatrix& layer : layers) {
      EXPECT_EQ(layer.dim, kind.dim);
      EXPECT_EQ(layer.num_frames, static_cast<std::int64_t>(frames)) << num_samples;
      EXPECT_EQ(layer.values.size(), frames * static_cast<std::size_t>(kind.dim));
      for (const float value : layer.values) ASSERT_TRUE(std::isfinite(value));
    }
  }

 private:
  MadeModels made_;

 protected:
  std::unique_ptr<const Representation> representation_ = Open();
};

TEST_P(RepresentationContract, SaysWhatItIs) {
  EXPECT_EQ(representation_->name(), GetParam().name);
  EXPECT_EQ(representation_->num_layers(), GetParam().num_layers);
  EXPECT_EQ(representation_->dim(), GetParam().dim);
  EXPECT_EQ(representation_->hop_s(), GetParam().hop_s);
  EXPECT_EQ(representation_->sha256().size(), 64U);
}

TEST_P(RepresentationContract, ShapesFitTheSound) {
  const std::vector<float> sound = Voice();
  for (const std::size_t size : {0U, 1U, 100U, 320U, 321U, 399U, 400U, 1600U, 16'000U, 48'128U}) {
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
  const std::unique_ptr<const Representation> other = Open();
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

std::size_t One(std::size_t samples) {
  return samples > 0 ? 1 : 0;
}

INSTANTIATE_TEST_SUITE_P(
    All, RepresentationContract,
    testing::Values(Kind{"whisper-base", 7, 512, 0.02, [](std::size_t samples) { return (samples + 319) / 320; }},
                    Kind{"ge2e-states", 3, 256, 0.01, [](std::size_t samples) { return (samples + 159) / 160; }},
                    Kind{"ge2e", 1, 256, 0, [](std::size_t samples) { return One(samples / 1600); }},
                    Kind{"emotion2vec", 2, 8, 0.02, OfWav2Vec, true}, Kind{"vggvox", 1, 8, 0, One, true},
                    Kind{"xvector", 1, 8, 0, One, true}));

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

TEST(Representation, LevelDoesNotMatterToBroughtNetworks) {
  const MadeModels made;
  std::vector<float> quiet = Voice();
  for (float& sample : quiet) sample /= 4;
  for (const char* name : {"emotion2vec", "vggvox", "xvector"}) {
    const auto network = OpenRepresentation(name, made.store());
    const std::vector<float> loud_values = network->Layers(Voice(), 0, 0).front().values;
    const std::vector<float> quiet_values = network->Layers(quiet, 0, 0).front().values;
    ASSERT_EQ(loud_values.size(), quiet_values.size());
    for (std::size_t i = 0; i < loud_values.size(); ++i) EXPECT_NEAR(loud_values[i], quiet_values[i], 0.02) << name;
  }
}

TEST(Representation, LongClipsAreMeansOfEqualPieces) {
  const MadeModels made;
  const auto network = OpenRepresentation("vggvox", made.store());
  std::vector<float> sound;
  while (sound.size() < 20 * 16'000) {
    const std::vector<float> voice = Voice();
    sound.insert(sound.end(), voice.begin(), voice.end());
  }
  const auto of = [&](std::size_t from, std::size_t to) {
    return network->Layers(std::span(sound).subspan(from, to - from), 0, 0).front().values;
  };
  const std::vector<float> whole = of(0, 240'002), first = of(0, 120'001), second = of(120'001, 240'002);
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(whole[i], (first[i] + second[i]) / 2, 1e-4);
}

TEST(Representation, WhatIsNoneIsRefused) {
  const Error error = ThrownBy([] { OpenRepresentation("mini-xception", ModelStore()); });
  EXPECT_EQ(error.kind(), ErrorKind::kModel);
  EXPECT_THAT(error.what(), HasSubstr("expression"));
  EXPECT_EQ(ThrownBy([] { OpenRepresentation("no-such-model", ModelStore()); }).kind(), ErrorKind::kNotFound);
}

TEST(Representation, SaysHowToBringWhatNoRegistryHas) {
  const TemporaryFolder folder;
  const ModelStore empty(folder / "models", folder / "cards");
  for (const char* name : {"vggvox", "emotion2vec", "xvector"}) {
    const Error error = ThrownBy([&] { OpenRepresentation(name, empty); });
    EXPECT_EQ(error.kind(), ErrorKind::kNotFound) << name;
    EXPECT_THAT(error.remedy(), HasSubstr("docs/representations.md"));
    EXPECT_TRUE(IsRepresentation(name, empty));
  }
  EXPECT_FALSE(IsRepresentation("mfcc", empty));
}

TEST(Representation, AnyModelOfTheTaskIsOne) {
  const MadeModels made;
  made.Add("my-own", "xvector.onnx", "speaker-fbank", "input [-1, -1, 24]", {"embedding [-1, 8]"});
  EXPECT_TRUE(IsRepresentation("my-own", made.store()));
  EXPECT_EQ(OpenRepresentation("my-own", made.store())->name(), "my-own");
  made.Add("other", "xvector.onnx", "expression", "input [-1, -1, 24]", {"embedding [-1, 8]"});
  EXPECT_FALSE(IsRepresentation("other", made.store()));
}

TEST(Representation, AnotherInterfaceIsRefusedWithTheOneThatIsWanted) {
  const MadeModels made;
  const std::vector<std::string> frames = {"layer0 [-1, -1, 8]", "layer1 [-1, -1, 8]"};
  made.Add("a", "emotion2vec.onnx", "speech-frames", "samples [-1, 400]", frames);
  made.Add("b", "emotion2vec.onnx", "speech-frames", "samples [-1, -1]", {frames[0], "layer1 [-1, -1, 9]"});
  made.Add("c", "vggvox.onnx", "speaker-spectrogram", "input [-1, 1, 257, -1]", {"fc7 [-1, 8]"});
  made.Add("d", "vggvox.onnx", "speaker-spectrogram", "input [-1, 1, 512, -1]", {"fc7 [-1, -1, 8]"});
  made.Add("e", "xvector.onnx", "speaker-fbank", "input [-1, 24, -1]", {"embedding [-1, 8]"});
  made.Add("f", "xvector.onnx", "speaker-fbank", "input [-1, -1, 24]", {"embedding [-1, 8]", "embedding [-1, 8]"});
  made.Add("g", "xvector.onnx", "speech-layers", "input [-1, 60, -1]", {"embedding [-1, -1, 8]"});
  made.Add("h", "xvector.onnx", "speaker-embedding", "input [-1, -1, 24]", {"embedding [-1, 8]"});
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    const Error error = ThrownBy([&] { OpenRepresentation(name, made.store()); });
    EXPECT_EQ(error.kind(), ErrorKind::kModel) << name;
    EXPECT_THAT(error.remedy(), HasSubstr("use one")) << name;
  }
}

TEST(Representation, FramesOfAnotherRateAreRefused) {
  const MadeModels made;
  made.Add("fast", "wrong-rate.onnx", "speech-frames", "samples [-1, -1]", {"layer0 [-1, -1, 8]"});
  const auto network = OpenRepresentation("fast", made.store());
  const Error error = ThrownBy([&] { network->Layers(Voice(), 0, 0); });
  EXPECT_EQ(error.kind(), ErrorKind::kModel);
  EXPECT_THAT(error.what(), HasSubstr("expected about 150"));
  EXPECT_THAT(error.remedy(), HasSubstr("50 a second"));
}

}  // namespace
}  // namespace sezim
