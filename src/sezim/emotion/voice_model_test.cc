// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/voice_model.h"

#include <gmock/gmock.h>

#include "sezim/base/error.h"
#include "sezim/base/sha256.h"
#include "sezim/infer/model_folder.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

ModelCard Card() {
  return {.name = "mine",
          .task = std::string(kVoiceEmotionTask),
          .description = "a description",
          .licence = "CC0-1.0",
          .trained_on = "tones",
          .labels = {"angry", "sad"},
          .sha256 = Sha256OfText("weights"),
          .size_bytes = 7,
          .inputs = {{.name = "features", .dtype = "float32", .shape = {-1, 78}, .meaning = "one row a clip"}},
          .outputs = {{.name = "logits", .dtype = "float32", .shape = {-1, 2}, .meaning = "logits"}},
          .features = "mfcc39-stats",
          .features_digest = std::string(64, 'a'),
          .temperature = 0.11253270651076192,
          .abstain_below = 0.5};
}

class VoiceModelTest : public testing::Test {
 protected:
  Error Refusal(const ModelCard& card) const {
    folder_.Write("mine/card.toml", ModelCardText(card, ""));
    folder_.Write("mine/model.onnx", "weights");
    const Error error = ThrownBy([&] { VoiceModel::Open((folder_ / "mine").string(), ModelStore()); });
    EXPECT_EQ(error.kind(), ErrorKind::kModel) << error.what();
    EXPECT_FALSE(error.remedy().empty());
    EXPECT_THAT(error.what(), HasSubstr("mine"));
    return error;
  }

  TemporaryFolder folder_;
};

TEST_F(VoiceModelTest, ACardOfSomethingElseIsRefused) {
  ModelCard card = Card();
  card.task = "expression";
  EXPECT_THAT(Refusal(card).what(), HasSubstr("'expression'"));
  card = Card();
  card.labels = {"angry"};
  Refusal(card);
  card = Card();
  card.inputs.push_back(card.inputs[0]);
  Refusal(card);
  Refusal(Card());  // the weights are no network
}

TEST_F(VoiceModelTest, LabelsThatAreNoneAreRefused) {
  for (const std::vector<std::string>& labels :
       {std::vector<std::string>{"sad", "sad"}, {"sad", ""}, {"sad", "two\nlines"}, {"sad", "a\ttab"}}) {
    ModelCard card = Card();
    card.labels = labels;
    EXPECT_THAT(Refusal(card).what(), HasSubstr("labels"));
  }
}

}  // namespace
}  // namespace sezim
