// SPDX-License-Identifier: Apache-2.0
#include "sezim/vision/active_speaker.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sezim/base/error.h"
#include "sezim/infer/model_store.h"
#include "support/golden_voice.h"
#include "support/thrown.h"

namespace sezim {
namespace {

constexpr std::size_t kPixels = std::size_t{kSpeakerLayout.side} * kSpeakerLayout.side;

std::shared_ptr<const OnnxSession> Network(const std::string& name) {
  return std::make_shared<OnnxSession>(ModelStore().Load(name));
}

class ActiveSpeakerTest : public testing::Test {
 protected:
  void SetUp() override {
    try {
      speaker_.emplace(Network("lr-asd-faces"), Network("lr-asd-voice"));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kNotFound) throw;
      GTEST_SKIP() << "LR-ASD: its weights have to be brought, and are not there";
    }
  }

  // Noise.
  static std::vector<std::uint8_t> Faces(std::size_t num_pictures) {
    std::uint32_t state = 1;
    std::vector<std::uint8_t> faces(num_pictures * kPixels);
    for (std::uint8_t& pixel : faces) {
      state = 1'664'525U * state + 1'013'904'223U;
      pixel = static_cast<std::uint8_t>(state >> 24);
    }
    return faces;
  }

  std::optional<ActiveSpeaker> speaker_;
};

TEST_F(ActiveSpeakerTest, WherePicturesAreCutChangesNothing) {
  const std::vector<std::uint8_t> faces = Faces(100);
  const std::vector<float> together = speaker_->Look(faces);
  ASSERT_EQ(together.size(), 100 * kSpeakerFeatures);
  // As far from either end as the network looks, a piece tells the same.
  const std::vector<float> piece = speaker_->Look(std::span(faces).subspan(50 * kPixels, 30 * kPixels));
  for (std::size_t i = 9 * kSpeakerFeatures; i < 21 * kSpeakerFeatures; ++i) {
    EXPECT_NEAR(piece[i], together[50 * kSpeakerFeatures + i], 1e-4) << i;
  }
}

TEST_F(ActiveSpeakerTest, GivesAWordForEachPicture) {
  const std::vector<float> features = speaker_->Look(Faces(20));
  EXPECT_EQ(speaker_->Listen(features, GoldenVoice()).size(), 20U);
  EXPECT_EQ(speaker_->Listen(features, {}).size(), 20U);  // silence
  EXPECT_NE(speaker_->Listen(features, {}), speaker_->Listen(features, GoldenVoice()));
  EXPECT_TRUE(speaker_->Look({}).empty());
  EXPECT_TRUE(speaker_->Listen({}, GoldenVoice()).empty());
}

TEST_F(ActiveSpeakerTest, RefusesOtherNetworks) {
  const Error error = ThrownBy([] { ActiveSpeaker(Network("lr-asd-voice"), Network("lr-asd-faces")); });
  EXPECT_EQ(error.kind(), ErrorKind::kModel);
  EXPECT_FALSE(error.remedy().empty());
}

}  // namespace
}  // namespace sezim
