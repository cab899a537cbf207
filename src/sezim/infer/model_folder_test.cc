// SPDX-License-Identifier: Apache-2.0
#include "sezim/infer/model_folder.h"

#include <gmock/gmock.h>

#include <fstream>
#include <functional>

#include "sezim/base/error.h"
#include "sezim/base/sha256.h"
#include "sezim/infer/model_store.h"
#include "support/made_voice_card.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

TEST(ModelCardText, IsReadAsItWasWritten) {
  ModelCard card = MadeVoiceCard();
  card.inputs[0].shape = {-1, -1, 78};
  for (const char* text :
       {"plain", "it's \"quoted\"", "'''\"\"\"", "back\\slash \\n \\u0041", "сезім көңіл ü 🙂",
        "two\nlines\r\nand\ttabs", "# no comment", "\x01\x7f", "ends with '", "\\"}) {
    card.description = card.trained_on = card.licence = card.features = card.outputs[0].meaning = text;
    card.labels = {text, "sad"};
    for (const double temperature : {1.0, 0.001, 1000.0, 1.0 / 3, 1.25e-3}) {
      card.temperature = temperature;
      card.abstain_below = temperature > 1 ? 0 : temperature;
      const ModelCard read = ParseModelCard(ModelCardText(card, "a comment"), "card");
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
      EXPECT_NO_THROW(RequireUnchanged(read));
    }
  }
}

TEST(ModelCardText, TellsWhetherWhatDecidesTheAnswersWasChanged) {
  const ModelCard written = ParseModelCard(ModelCardText(MadeVoiceCard(), ""), "card");
  const std::vector<std::function<void(ModelCard&)>> changes = {
      [](ModelCard& card) { std::swap(card.labels[0], card.labels[1]); },
      [](ModelCard& card) { card.labels = {"angrysad"}; },
      [](ModelCard& card) { card.temperature *= 2; },
      [](ModelCard& card) { card.abstain_below = 0.25; },
      [](ModelCard& card) { card.licence = "MIT"; },
      [](ModelCard& card) { card.sha256 = Sha256OfText("others"); },
      [](ModelCard& card) { card.features = "mfcc39"; },
      [](ModelCard& card) { card.feature_set = "x"; },
      [](ModelCard& card) { card.inputs[0].shape = {-1, 39}; },
      [](ModelCard& card) { std::swap(card.inputs, card.outputs); },
      [](ModelCard& card) { card.input_gamma = 0.7; },
      [](ModelCard& card) { card.card_sha256 = ""; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    ModelCard card = written;
    changes[i](card);
    EXPECT_EQ(ThrownBy([&] { RequireUnchanged(card); }).kind(), ErrorKind::kModel) << i;
  }
  ModelCard card = written;
  card.description = "told otherwise";
  EXPECT_NO_THROW(RequireUnchanged(card));
}

TEST(ModelCardText, NoCommentSpoilsIt) {
  for (const char* comment : {"", "one\ntwo\n\nfour", "bell \a and \x7f and \r\n", "name = \"other\"", "\n\n"}) {
    const std::string text = ModelCardText(MadeVoiceCard(), comment);
    EXPECT_EQ(ParseModelCard(text, "card").name, "mine") << comment;
  }
  EXPECT_THAT(ModelCardText(MadeVoiceCard(), "one\n\nthree"), testing::StartsWith("# one\n#\n# three\nschema = 1\n"));
}

TEST(ModelCardText, OfAnExpressionNetworkHasItsRange) {
  ModelCard card = MadeVoiceCard();
  card.features = "";
  card.input_black = -1;
  card.input_white = 0.5;
  const ModelCard read = ParseModelCard(ModelCardText(card, ""), "card");
  EXPECT_EQ(read.input_black, -1);
  EXPECT_EQ(read.input_white, 0.5);
  EXPECT_EQ(read.features, "");
}

TEST(WriteModelFolder, IsLoadedByItsFolderOrItsName) {
  const TemporaryFolder folder;
  WriteModelFolder(MadeVoiceCard(), "weights", "made", folder / "mine");
  EXPECT_EQ(ModelStore::LoadFolder(folder / "mine").weights, "weights");
  const ModelStore store(folder.path(), folder / "none", folder / "none");
  EXPECT_EQ(store.Open("mine").card.name, "mine");
  EXPECT_EQ(store.Open((folder / "mine").string()).card.name, "mine");
  EXPECT_EQ(ThrownBy([&] { store.Open("other"); }).kind(), ErrorKind::kNotFound);
  EXPECT_EQ(ThrownBy([&] { store.Open((folder / "other").string()); }).kind(), ErrorKind::kNotFound);
}

TEST(WriteModelFolder, ReplacesNoOtherModel) {
  const TemporaryFolder folder;
  WriteModelFolder(MadeVoiceCard(), "weights", "", folder / "mine");
  ModelCard other = MadeVoiceCard();
  other.name = "other";
  EXPECT_EQ(ThrownBy([&] { WriteModelFolder(other, "other", "", folder / "mine"); }).kind(), ErrorKind::kUsage);
  EXPECT_EQ(ModelStore::LoadFolder(folder / "mine").weights, "weights");
}

TEST(WriteModelFolder, LeavesOtherPeoplesFoldersAlone) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "home");
  std::ofstream(folder / "home" / "letter.txt") << "dear";
  std::ofstream(folder / "file") << "no folder";
  for (const char* name : {"home", "file"}) {
    EXPECT_EQ(ThrownBy([&] { WriteModelFolder(MadeVoiceCard(), "weights", "", folder / name); }).kind(),
              ErrorKind::kUsage)
        << name;
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "home" / "model.onnx"));
}

TEST(WriteModelFolder, GoesOnWhereOneWasKilled) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "mine");
  std::ofstream(folder / "mine" / "model.onnx") << "of a program that was killed before it wrote the card";
  WriteModelFolder(MadeVoiceCard(), "weights", "", folder / "mine");
  EXPECT_EQ(ModelStore::LoadFolder(folder / "mine").weights, "weights");
}

}  // namespace
}  // namespace sezim
