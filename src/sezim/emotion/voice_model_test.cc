// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/voice_model.h"

#include <gmock/gmock.h>

#include "sezim/base/error.h"
#include "sezim/infer/model_folder.h"
#include "support/made_voice_card.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

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
  ModelCard card = MadeVoiceCard();
  card.task = "expression";
  EXPECT_THAT(Refusal(card).what(), HasSubstr("'expression'"));
  card = MadeVoiceCard();
  card.labels = {"angry"};
  Refusal(card);
  card = MadeVoiceCard();
  card.inputs.push_back(card.inputs[0]);
  Refusal(card);
  Refusal(MadeVoiceCard());  // the weights are no network
}

TEST_F(VoiceModelTest, LabelsThatAreNoneAreRefused) {
  for (const std::vector<std::string>& labels :
       {std::vector<std::string>{"sad", "sad"}, {"sad", ""}, {"sad", "two\nlines"}, {"sad", "a\ttab"}}) {
    ModelCard card = MadeVoiceCard();
    card.labels = labels;
    EXPECT_THAT(Refusal(card).what(), HasSubstr("labels"));
  }
}

}  // namespace
}  // namespace sezim
