// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/voice_model.h"

#include <gmock/gmock.h>

#include "sezim/base/error.h"
#include "sezim/base/sha256.h"
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

TEST(VoiceModelCard, IsReadAsItWasWritten) {
  ModelCard card = Card();
  card.inputs[0].shape = {-1, -1, 78};
  for (const char* text :
       {"plain", "it's \"quoted\"", "'''\"\"\"", "back\\slash \\n \\u0041", "сезім көңіл ü 🙂",
        "two\nlines\r\nand\ttabs", "# no comment", "\x01\x7f", "ends with '", "\\"}) {
    card.description = card.trained_on = card.licence = card.features = card.outputs[0].meaning = text;
    card.labels = {text, "sad"};
    for (const double temperature : {1.0, 0.001, 1000.0, 1.0 / 3, 1.25e-3}) {
      card.temperature = temperature;
      card.abstain_below = temperature > 1 ? 0 : temperature;
      const ModelCard read = ParseModelCard(VoiceModelCard(card, "a comment"), "card");
      EXPECT_EQ(read.name, card.name);
      EXPECT_EQ(read.task, card.task);
      EXPECT_EQ(read.description, text);
      EXPECT_EQ(read.trained_on, text);
      EXPECT_EQ(read.licence, text);
      EXPECT_EQ(read.labels, card.labels);
      EXPECT_EQ(read.sha256, card.sha256);
      EXPECT_EQ(read.size_bytes, 7);
      EXPECT_EQ(read.inputs[0].shape, card.inputs[0].shape);
      EXPECT_EQ(read.outputs[0].meaning, text);
      EXPECT_EQ(read.features, text);
      EXPECT_EQ(read.features_digest, card.features_digest);
      EXPECT_EQ(read.temperature, card.temperature);  // to the last bit
      EXPECT_EQ(read.abstain_below, card.abstain_below);
    }
  }
}

TEST(VoiceModelCard, NoCommentSpoilsIt) {
  for (const char* comment : {"", "one\ntwo\n\nfour", "bell \a and \x7f and \r\n", "name = \"other\"", "\n\n"}) {
    const std::string text = VoiceModelCard(Card(), comment);
    EXPECT_EQ(ParseModelCard(text, "card").name, "mine") << comment;
  }
  EXPECT_THAT(VoiceModelCard(Card(), "one\n\nthree"), testing::StartsWith("# one\n#\n# three\nschema = 1\n"));
}

class VoiceModelTest : public testing::Test {
 protected:
  Error Refusal(const ModelCard& card) const {
    folder_.Write("mine/card.toml", VoiceModelCard(card, ""));
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
