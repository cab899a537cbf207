// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/representation_frames.h"

#include <gmock/gmock.h>

#include "sezim/base/error.h"
#include "sezim/emotion/feature_cache.h"
#include "sezim/emotion/feature_set.h"
#include "support/golden_voice.h"
#include "support/made_models.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

std::vector<float> Voice() {
  std::vector<float> sound;
  for (const std::int16_t sample : GoldenVoice()) sound.push_back(static_cast<float>(sample) / 32768);
  return sound;
}

class RepresentationFramesTest : public testing::Test {
 protected:
  FeatureSet SetOf(const std::string& part, int rate_hz = 16'000) const {
    return FeatureSet::Open(folder_.Write("set.toml", "description = \"d\"\nsample_rate_hz = " +
                                                          std::to_string(rate_hz) + "\n[[part]]\n" + part),
                            made_.store());
  }

  std::string ProblemOf(const std::string& part, int rate_hz = 16'000) const {
    const Error error = ThrownBy([&] { SetOf(part, rate_hz); });
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << part;
    EXPECT_THAT(error.what(), HasSubstr("set.toml', line "));
    return error.what();
  }

  MadeModels made_;
  TemporaryFolder folder_;
};

TEST_F(RepresentationFramesTest, LayersAreAveragedOrJoined) {
  const std::vector<FeatureMatrix> layers = OpenRepresentation("emotion2vec", made_.store())->Layers(Voice(), 0, 1);
  const FeatureMatrix mean = SetOf("frames = \"emotion2vec\"\n").Extract(Voice());
  const FeatureSet set = SetOf("frames = \"emotion2vec\"\ncombine = \"join\"\nname = \"e\"\n");
  const FeatureMatrix joined = set.Extract(Voice());
  const FeatureMatrix second = SetOf("frames = \"emotion2vec\"\nlayers = \"1\"\n").Extract(Voice());
  EXPECT_EQ(set.names()[0], "e.layer0.0");
  EXPECT_EQ(set.names()[15], "e.layer1.7");
  EXPECT_EQ(set.hop_s(), 0.02);
  EXPECT_EQ(mean.dim, 8);
  ASSERT_EQ(joined.dim, 16);
  ASSERT_EQ(joined.num_frames, layers[0].num_frames);
  EXPECT_EQ(second.values, layers[1].values);
  for (std::int64_t i = 0; i < joined.num_frames; ++i) {
    for (std::size_t k = 0; k < 8; ++k) {
      EXPECT_EQ(joined.Frame(i)[k], layers[0].Frame(i)[k]);
      EXPECT_EQ(joined.Frame(i)[8 + k], layers[1].Frame(i)[k]);
      EXPECT_NEAR(mean.Frame(i)[k], (layers[0].Frame(i)[k] + layers[1].Frame(i)[k]) / 2, 1e-6);
    }
  }
}

TEST_F(RepresentationFramesTest, TheMeanIsOverFramesWithSound) {
  const FeatureSet set =
      SetOf("frames = \"emotion2vec\"\nlayers = \"0\"\nselect = \"active\"\nfunctionals = [\"mean\"]\n");
  std::vector<float> framed(32'000, 0.0F);
  const std::vector<float> voice = Voice();
  framed.insert(framed.end(), voice.begin(), voice.end());
  framed.insert(framed.end(), 32'000, 0.0F);
  const FeatureMatrix row = set.Extract(framed);
  const FeatureMatrix all =
      SetOf("frames = \"emotion2vec\"\nlayers = \"0\"\nfunctionals = [\"mean\"]\n").Extract(framed);
  ASSERT_EQ(row.values.size(), 8U);
  EXPECT_NE(row.values, all.values);
}

TEST_F(RepresentationFramesTest, OneFrameForASoundNeedsAFunctional) {
  EXPECT_EQ(SetOf("frames = \"xvector\"\nfunctionals = [\"mean\"]\n").Extract(Voice()).values,
            OpenRepresentation("xvector", made_.store())->Layers(Voice(), 0, 0).front().values);
  EXPECT_THAT(ProblemOf("frames = \"xvector\"\n"), HasSubstr("functionals = [\"mean\"]"));
  EXPECT_THAT(ProblemOf("frames = \"xvector\"\nselect = \"active\"\nfunctionals = [\"mean\"]\n"), HasSubstr("select"));
}

TEST_F(RepresentationFramesTest, MistakesAreNamed) {
  for (const char* layers : {"2", "-1", "1-0", "0-", "a", "0-1-2", ""}) {
    EXPECT_THAT(ProblemOf("frames = \"emotion2vec\"\nlayers = \"" + std::string(layers) + "\"\n"), HasSubstr("0 to 1"));
  }
  EXPECT_THAT(ProblemOf("frames = \"emotion2vec\"\nlayer = \"1\"\n"), HasSubstr("'layer'"));
  EXPECT_THAT(ProblemOf("frames = \"emotion2vec\"\ncombine = \"sum\"\n"), HasSubstr("mean"));
  EXPECT_THAT(ProblemOf("frames = \"emotion2vec\"\n", 8000), HasSubstr("16000 Hz"));
  EXPECT_EQ(ThrownBy([&] { SetOf("frames = \"whisper-base\"\n"); }).kind(), ErrorKind::kNotFound);
}

TEST_F(RepresentationFramesTest, TheDigestKnowsTheNetwork) {
  made_.Add("one", "emotion2vec.onnx", "speech-frames", "samples [-1, -1]", {"layer0 [-1, -1, 8]"});
  const std::string one = SetOf("frames = \"one\"\n").digest();
  made_.Add("one", "wrong-rate.onnx", "speech-frames", "samples [-1, -1]", {"layer0 [-1, -1, 8]"});
  EXPECT_NE(SetOf("frames = \"one\"\n").digest(), one);
}

TEST_F(RepresentationFramesTest, WhatANetworkComputesIsKept) {
  const FeatureSet set = SetOf("frames = \"xvector\"\nfunctionals = [\"mean\"]\n");
  EXPECT_TRUE(set.uses_networks());
  for (const std::int64_t num_found : {0, 1}) {
    FeatureCache cache(folder_ / "cache");
    EXPECT_EQ(ExtractCached(set, Voice(), &cache).values, set.Extract(Voice()).values);
    EXPECT_EQ(cache.num_found(), num_found);
    EXPECT_EQ(cache.num_computed(), 1 - num_found);
  }
  EXPECT_EQ(ExtractCached(set, Voice(), nullptr).values, set.Extract(Voice()).values);
  const FeatureSet quick = SetOf("frames = \"mfcc\"\n");
  EXPECT_FALSE(quick.uses_networks());
  FeatureCache cache(folder_ / "cache");
  ExtractCached(quick, Voice(), &cache);
  EXPECT_EQ(cache.num_computed(), 0);
}

TEST(RepresentationSets, HaveTheSizesOfTheStudy) {
  for (const auto& [name, dim] :
       {std::pair("whisper-base", 512), std::pair("ge2e-states", 1536), std::pair("whisper-layers", 2048),
        std::pair("whisper-ge2e", 3584), std::pair("ge2e", 256)}) {
    EXPECT_EQ(FeatureSet::Open(name, ModelStore()).dim(), dim) << name;
  }
}

}  // namespace
}  // namespace sezim
