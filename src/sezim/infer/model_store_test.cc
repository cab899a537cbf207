// SPDX-License-Identifier: Apache-2.0
#include "sezim/infer/model_store.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sezim/base/error.h"
#include "sezim/base/sha256.h"
#include "support/temporary_folder.h"
#include "support/thrown.h"

namespace sezim {
namespace {

namespace fs = std::filesystem;
using State = ModelStore::State;
using testing::HasSubstr;

std::string CardOf(const std::string& name, const std::string& weights) {
  return fmt::format(
      "schema = 1\nname = \"{}\"\ntask = \"t\"\ndescription = \"d\"\nlicence = \"MIT\"\ntrained_on = \"x\"\n"
      "labels = []\n[file]\nsha256 = \"{}\"\nsize_bytes = {}\n"
      "[[inputs]]\nname = \"i\"\ndtype = \"float32\"\nshape = [1]\nmeaning = \"m\"\n"
      "[[outputs]]\nname = \"o\"\ndtype = \"float32\"\nshape = [1]\nmeaning = \"m\"\n",
      name, Sha256OfText(weights), weights.size());
}

class ModelStoreTest : public testing::Test {
 protected:
  // Puts a model into the store by hand.
  void Install(const std::string& folder_name, const std::string& card, const std::string& weights) const {
    folder_.Write("models/" + folder_name + "/card.toml", card);
    folder_.Write("models/" + folder_name + "/model.onnx", weights);
  }
  Error LoadError(std::string_view name) const {
    const Error error = ThrownBy([&] { store_.Load(name); });
    EXPECT_FALSE(error.remedy().empty());
    return error;
  }
  State StateOf(const std::string& name) const {
    for (const ModelStore::Entry& entry : store_.List()) {
      if (entry.card.name != name) continue;
      EXPECT_EQ(entry.problem.empty(), entry.state != State::kDamaged);
      return entry.state;
    }
    ADD_FAILURE() << "not listed: " << name;
    return State::kAbsent;
  }

  TemporaryFolder folder_;
  ModelStore store_{folder_ / "models", folder_ / "cards", folder_ / "trained"};
};

TEST_F(ModelStoreTest, LoadsWhatIsInstalled) {
  Install("net", CardOf("net", "weights"), "weights");
  const Model model = store_.Load("net");
  EXPECT_EQ(model.weights, "weights");
  EXPECT_EQ(model.card.name, "net");
  EXPECT_NO_THROW(store_.Verify("net"));
  EXPECT_EQ(StateOf("net"), State::kInstalled);
}

TEST_F(ModelStoreTest, AnAbsentModelComesWithTheCommandThatFetchesIt) {
  EXPECT_TRUE(store_.List().empty());
  folder_.Write("cards/net.toml", CardOf("net", "weights"));
  EXPECT_EQ(StateOf("net"), State::kAbsent);
  const Error error = LoadError("net");
  EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  EXPECT_THAT(error.remedy(), HasSubstr("sezim models pull net"));
}

TEST_F(ModelStoreTest, AnAbsentModelThatNothingFetchesIsToBeBrought) {
  folder_.Write("cards/brought.toml", CardOf("brought", "weights"));
  folder_.Write("cards/fetched.toml",
                CardOf("fetched", "weights") + "[source]\nregistry = \"npm\"\npackage = \"p\"\nversion = \"1\"\n");
  EXPECT_THROW(store_.Load("unheard-of"), ModelToBring);
  EXPECT_THROW(store_.Load("brought"), ModelToBring);
  try {
    store_.Load("fetched");
    ADD_FAILURE() << "nothing was thrown";
  } catch (const ModelToBring&) {
    ADD_FAILURE() << "there is a command that fetches it";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  }
}

TEST_F(ModelStoreTest, ADamagedSizeShowsInTheList) {
  Install("short", CardOf("short", "weights"), "weight");
  Install("none", CardOf("none", "weights"), "weights");
  fs::remove(folder_ / "models/none/model.onnx");
  for (const char* name : {"short", "none"}) {
    EXPECT_EQ(StateOf(name), State::kDamaged);
    EXPECT_EQ(LoadError(name).kind(), ErrorKind::kModel);
  }
}

TEST_F(ModelStoreTest, AWrongDigestIsAnError) {
  Install("net", CardOf("net", "weights"), "WEIGHTS");  // of the right size
  EXPECT_EQ(StateOf("net"), State::kInstalled);         // the list does not read them
  const Error error = LoadError("net");
  EXPECT_EQ(error.kind(), ErrorKind::kModel);
  EXPECT_THAT(error.what(), HasSubstr(Sha256OfText("weights")));
  EXPECT_THAT(error.what(), HasSubstr(Sha256OfText("WEIGHTS")));
  EXPECT_EQ(ThrownBy([&] { store_.Verify("net"); }).kind(), ErrorKind::kModel);
}

TEST_F(ModelStoreTest, ABrokenCardSpoilsOnlyItsModel) {
  Install("good", CardOf("good", "weights"), "weights");
  Install("bad", "no card", "weights");
  Install("renamed", CardOf("other", "weights"), "weights");
  folder_.Write("models/no model/notes.txt", "");
  EXPECT_EQ(store_.List().size(), 3U);
  EXPECT_EQ(StateOf("good"), State::kInstalled);
  EXPECT_EQ(StateOf("bad"), State::kDamaged);
  EXPECT_EQ(StateOf("renamed"), State::kDamaged);
  EXPECT_EQ(LoadError("bad").kind(), ErrorKind::kModel);
}

TEST_F(ModelStoreTest, NamesNeverLeaveTheStore) {
  folder_.Write("outside/card.toml", CardOf("outside", "weights"));
  folder_.Write("outside/model.onnx", "weights");
  fs::create_directories(folder_ / "models");
  for (const char* name : {"../outside", "..", ".", "", "/etc", "a/../../outside", "a\nb", "\xff"}) {
    EXPECT_EQ(LoadError(name).kind(), ErrorKind::kUsage) << name;
  }
}

TEST_F(ModelStoreTest, AddedModelsAreThere) {
  const fs::path weights = folder_.Write("in/w.onnx", "new weights");
  const fs::path card = folder_.Write("in/card.toml", CardOf("mine", "new weights"));
  EXPECT_EQ(store_.Add(weights, card).name, "mine");
  EXPECT_EQ(store_.Load("mine").weights, "new weights");
  EXPECT_EQ(ContentOf(folder_ / "models/mine/card.toml"), ContentOf(card));
  EXPECT_EQ(StateOf("mine"), State::kInstalled);
  const auto count = std::distance(fs::directory_iterator(folder_ / "models/mine"), fs::directory_iterator());
  EXPECT_EQ(count, 2);  // nothing temporary is left
  // Again, with others of the same name.
  folder_.Write("in/w.onnx", "newer");
  folder_.Write("in/card.toml", CardOf("mine", "newer"));
  store_.Add(weights, card);
  EXPECT_EQ(store_.Load("mine").weights, "newer");
}

TEST_F(ModelStoreTest, KnowsTheShippedCardOfAFile) {
  const fs::path weights = folder_.Write("in/w.onnx", "known weights");
  EXPECT_FALSE(store_.ShippedCardOf(weights));
  folder_.Write("cards/other.toml", CardOf("other", "other weights"));
  folder_.Write("cards/readme", "no card");
  EXPECT_FALSE(store_.ShippedCardOf(weights));
  const fs::path card = folder_.Write("cards/known.toml", CardOf("known", "known weights"));
  EXPECT_EQ(store_.ShippedCardOf(weights), card);
  EXPECT_EQ(ThrownBy([&] { store_.ShippedCardOf(folder_ / "none"); }).kind(), ErrorKind::kNotFound);
}

TEST_F(ModelStoreTest, AFailedAddLeavesTheStoreAsItWas) {
  const fs::path weights = folder_.Write("in/w.onnx", "weights");
  store_.Add(weights, folder_.Write("in/card.toml", CardOf("mine", "weights")));
  const fs::path other = folder_.Write("in/other.toml", CardOf("mine", "other weights"));
  EXPECT_EQ(ThrownBy([&] { store_.Add(weights, other); }).kind(), ErrorKind::kModel);
  EXPECT_EQ(ThrownBy([&] { store_.Add(folder_ / "none", other); }).kind(), ErrorKind::kNotFound);
  EXPECT_EQ(ThrownBy([&] { store_.Add(weights, folder_ / "none"); }).kind(), ErrorKind::kNotFound);
  const fs::path bad = folder_.Write("in/bad.toml", CardOf("../../x", "weights"));
  EXPECT_EQ(ThrownBy([&] { store_.Add(weights, bad); }).kind(), ErrorKind::kModel);
  EXPECT_EQ(store_.Load("mine").weights, "weights");
  EXPECT_EQ(store_.List().size(), 1U);
  EXPECT_FALSE(fs::exists(folder_ / "x"));
}

TEST_F(ModelStoreTest, AWrongSizeInTheCardIsNotAdded) {
  const fs::path weights = folder_.Write("in/w.onnx", "weights");
  std::string card = CardOf("mine", "weights");
  card.replace(card.find("size_bytes = 7"), 14, "size_bytes = 8");
  EXPECT_EQ(ThrownBy([&] { store_.Add(weights, folder_.Write("in/card.toml", card)); }).kind(), ErrorKind::kModel);
  EXPECT_TRUE(store_.List().empty());
}

TEST_F(ModelStoreTest, ShippedModelsAreInstalledAsTheyAre) {
  folder_.Write("trained/own/card.toml", CardOf("own", "shipped"));
  folder_.Write("trained/own/model.onnx", "shipped");
  EXPECT_EQ(StateOf("own"), State::kInstalled);
  EXPECT_EQ(store_.Load("own").weights, "shipped");
  EXPECT_NO_THROW(store_.Verify("own"));
  EXPECT_FALSE(fs::exists(folder_ / "models"));
  // One in the store of the same name goes before it, in the list and when loaded.
  Install("own", CardOf("own", "mine"), "MINE");
  EXPECT_EQ(store_.List().size(), 1U);
  EXPECT_EQ(LoadError("own").kind(), ErrorKind::kModel);
  Install("own", CardOf("own", "mine"), "mine");
  EXPECT_EQ(store_.Load("own").weights, "mine");
}

TEST_F(ModelStoreTest, ADamagedShippedModelIsRefused) {
  folder_.Write("trained/own/card.toml", CardOf("own", "shipped"));
  folder_.Write("trained/own/model.onnx", "SHIPPED");
  EXPECT_EQ(LoadError("own").kind(), ErrorKind::kModel);
  folder_.Write("trained/own/model.onnx", "ship");
  EXPECT_EQ(StateOf("own"), State::kDamaged);
  EXPECT_EQ(LoadError("own").kind(), ErrorKind::kModel);
}

TEST_F(ModelStoreTest, WhatShipsIsWhole) {
  const ModelStore store(folder_ / "models", SEZIM_SOURCE_FOLDER "/models/cards",
                         SEZIM_SOURCE_FOLDER "/models/trained");
  const Model model = store.Load("voice-emodb");
  EXPECT_EQ(model.card.task, "voice-emotion");
  EXPECT_EQ(model.card.licence, "CC0-1.0");
  EXPECT_FALSE(model.card.features.empty());
}

TEST_F(ModelStoreTest, LoadsAModelFromAFolderOfItsOwn) {
  folder_.Write("anywhere/card.toml", CardOf("net", "weights"));
  folder_.Write("anywhere/model.onnx", "weights");
  EXPECT_EQ(ModelStore::LoadFolder(folder_ / "anywhere").weights, "weights");
  folder_.Write("anywhere/model.onnx", "WEIGHTS");
  const auto error_of = [&](const char* name) {
    const Error error = ThrownBy([&] { ModelStore::LoadFolder(folder_ / name); });
    EXPECT_FALSE(error.remedy().empty());
    EXPECT_THAT(error.what(), HasSubstr(name));
    return error.kind();
  };
  EXPECT_EQ(error_of("anywhere"), ErrorKind::kModel);
  fs::remove(folder_ / "anywhere/model.onnx");
  EXPECT_EQ(error_of("anywhere"), ErrorKind::kModel);
  folder_.Write("anywhere/card.toml", "no card");
  EXPECT_EQ(error_of("anywhere"), ErrorKind::kModel);
  fs::create_directories(folder_ / "empty");
  EXPECT_EQ(error_of("empty"), ErrorKind::kNotFound);
  EXPECT_EQ(error_of("none"), ErrorKind::kNotFound);
}

}  // namespace
}  // namespace sezim
