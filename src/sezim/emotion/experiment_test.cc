// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/experiment.h"

#include <gtest/gtest.h>

#include "sezim/base/error.h"
#include "support/thrown.h"

namespace sezim {
namespace {

constexpr std::string_view kExample = R"(
title = "An example"
protocol = "speaker-folds"
folds = 6
label_map = "ravdess8"
seed = 7

[[corpus]]
reader = "ravdess"
folder = "ravdess"

[[system]]
name = "A"
features = "mfcc39-stats"
classifier = "svm"

[[system]]
name = "B"
features = "mfcc39-stats"
classifier = "logistic-regression"
speaker_normalisation = true
[[system.published]]
measure = "uar"
value = 0.75
where = "somebody 2020"

[[system]]
name = "both"
mean_of = ["A", "B"]
)";

std::string With(std::string_view what, std::string_view instead) {
  std::string text(kExample);
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  text.replace(at, what.size(), instead);
  return text;
}

TEST(ParseExperiment, ReadsTheExample) {
  const Experiment experiment = ParseExperiment(kExample, "e.toml");
  EXPECT_EQ(experiment.title, "An example");
  EXPECT_EQ(experiment.protocol, Protocol::kSpeakerFolds);
  EXPECT_FALSE(experiment.speakers_shared());
  EXPECT_EQ(experiment.folds, 6);
  EXPECT_EQ(experiment.seed, 7U);
  ASSERT_EQ(experiment.datasets.size(), 1U);
  EXPECT_EQ(experiment.datasets[0].label_map, "ravdess8");
  ASSERT_EQ(experiment.systems.size(), 3U);
  EXPECT_TRUE(experiment.systems[1].speaker_normalisation);
  ASSERT_EQ(experiment.systems[1].published.size(), 1U);
  EXPECT_EQ(experiment.systems[1].published[0].measure, "uar");
  EXPECT_EQ(experiment.systems[1].published[0].value, 0.75);
  EXPECT_EQ(experiment.systems[1].published[0].where, "somebody 2020");
  EXPECT_EQ(experiment.systems[1].published[0].dataset, "");
  EXPECT_EQ(experiment.systems[2].mean_of, (std::vector<std::string>{"A", "B"}));
}

TEST(ParseExperiment, AMeanIsSpeakerNormalisedIfAnyOfItsSystemsIs) {
  std::string text(kExample);
  text += "[[system]]\nname = \"A again\"\nmean_of = [\"A\"]\n";
  text += "[[system]]\nname = \"mean of means\"\nmean_of = [\"A again\", \"both\"]\n";
  const Experiment experiment = ParseExperiment(text, "e.toml");
  ASSERT_EQ(experiment.systems.size(), 5U);
  EXPECT_TRUE(experiment.systems[2].speaker_normalisation);
  EXPECT_FALSE(experiment.systems[3].speaker_normalisation);
  EXPECT_TRUE(experiment.systems[4].speaker_normalisation);
}

TEST(ParseExperiment, PublishedFiguresMayBeOfOneDataset) {
  const std::string dataset = "[[dataset]]\nname = \"one\"\n";
  const std::string figures =
      "published = [{ measure = \"accuracy\", value = 1, where = \"x\", dataset = \"one\" },"
      "{ measure = \"macro_f1\", value = 0.5, where = \"y\" }]\n";
  std::string text = With("classifier = \"svm\"\n", "classifier = \"svm\"\n" + figures);
  EXPECT_NE(std::string(ThrownBy([&] { ParseExperiment(text, "e"); }).what()).find("there is no [[dataset]] 'one'"),
            std::string::npos);
  const Experiment experiment = ParseExperiment(text + dataset, "e");
  ASSERT_EQ(experiment.systems[0].published.size(), 2U);
  EXPECT_EQ(experiment.systems[0].published[0].dataset, "one");
  EXPECT_EQ(experiment.systems[0].published[1].measure, "macro_f1");
}

TEST(ParseExperiment, SaysWhereAndWhatWasExpected) {
  const struct {
    std::string text;
    const char* message;
  } kCases[] = {
      {With("\"speaker-folds\"", "\"magic\""), "one of speaker-folds"},
      {With("folds = 6", "folds = 1"), "line 4"},
      {With("folds = 6", "foldz = 6"), "there is no 'foldz'"},
      {With("folder = \"ravdess\"", "folder = \"../x\""), "below the data root"},
      {With("folder = \"ravdess\"", "folder = \"/x\""), "below the data root"},
      {With("folder = \"ravdess\"", "part = \"test\""), "cross-corpus only"},
      {With("name = \"B\"", "name = \"A\""), "already a system 'A'"},
      {With("mean_of = [\"A\", \"B\"]", "mean_of = [\"A\", \"C\"]"), "names 'C'"},
      {With("mean_of = [\"A\", \"B\"]", "features = \"x\""), "needs 'features' and 'classifier'"},
      {With("value = 0.75", "value = 75"), "system 2: published 1: 'value' must be a number from 0 to 1"},
      {With("value = 0.75", ""), "'value' is missing"},
      {With("measure = \"uar\"", "measure = \"f1\""), "\"macro_f1\""},
      {With("where = \"somebody 2020\"", ""), "'where' is missing"},
      {With("where = \"somebody 2020\"", "where = \"x\"\ntable = 2"), "there is no 'table'"},
      {With("label_map = \"ravdess8\"", ""), "'label_map' is missing"},
      {With("folds = 6", "folds = 6\nshare = 0.2"), "random-draws only"},
      {With("folds = 6", "folds = 6\nspeakers_shared = true"), "official only"},
      {With("classifier = \"svm\"", "classifier = \"svm\"\noptions = { epochs = 3 }"), "'svm' is none"},
      {With("mean_of = [\"A\", \"B\"]", "mean_of = [\"A\", \"B\"]\nbalance = \"none\""), "has no 'balance'"},
      {With("classifier = \"svm\"", "classifier = \"svm\"\nbalance = \"even\""), "over-sample"},
      {With("classifier = \"svm\"", "classifier = \"svm\"\nhold_out = false"), "'hold_out' is for networks"},
      {With("classifier = \"svm\"", "classifier = \"bilstm\"\nhold_out = false\noptions = {patience = 3}"),
       "'patience' needs somebody"},
      {With("mean_of = [\"A\", \"B\"]", "mean_of = [\"A\", \"B\"]\nhold_out = true"), "has no 'hold_out'"},
      {With("classifier = \"svm\"", "classifier = \"svm\"\nbalanced = true"), "there is no 'balanced'"},
      {With("classifier = \"svm\"", "classifier = \"svm\"\naugment = [\"echo\"]\ncopies = 1"), "reverberation"},
      {With("classifier = \"svm\"", "classifier = \"svm\"\naugment = [\"noise\"]"), "go together"},
      {With("classifier = \"svm\"", "classifier = \"svm\"\naugment = [\"noise\", \"noise\"]\ncopies = 1"), "twice"},
      {With("classifier = \"svm\"", "classifier = \"svm\"\ncopies = 2"), "go together"},
      {With("classifier = \"svm\"", "classifier = \"svm\"\naugment = [\"noise\"]\ncopies = 0"), "from 1 to 20"},
      {With("title = \"An example\"", ""), "'title' is missing"},
      {With("title = ", "title : "), "line 2"},
      {With("[[system]]", "[system]"), "line"},
      {"title = \"x\"\nprotocol = \"speaker-folds\"\nlabel_map = \"m\"", "no [[corpus]]"},
  };
  for (const auto& one : kCases) {
    const Error error = ThrownBy([&] { ParseExperiment(one.text, "e.toml"); });
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << one.message;
    EXPECT_NE(std::string(error.what()).find(one.message), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("e.toml"), std::string::npos);
  }
}

TEST(ParseExperiment, AnOfficialSplitSharesSpeakersOnlyIfTheFileSaysSo) {
  EXPECT_FALSE(ParseExperiment(With("\"speaker-folds\"\nfolds = 6", "\"official\""), "e").speakers_shared());
  EXPECT_TRUE(ParseExperiment(With("\"speaker-folds\"\nfolds = 6", "\"official\"\nspeakers_shared = true"), "e")
                  .speakers_shared());
}

TEST(ParseExperiment, CrossCorpusNeedsBothParts) {
  std::string text = With("\"speaker-folds\"\nfolds = 6", "\"cross-corpus\"");
  EXPECT_NE(std::string(ThrownBy([&] { ParseExperiment(text, "e"); }).what()).find("'part' must be"),
            std::string::npos);
  text.replace(text.find("folder = \"ravdess\""), 18, "part = \"test\"");
  EXPECT_NE(std::string(ThrownBy([&] { ParseExperiment(text, "e"); }).what()).find("part = \"train\""),
            std::string::npos);
  text += "[[corpus]]\nreader = \"emodb\"\npart = \"train\"\n";
  EXPECT_FALSE(ParseExperiment(text, "e").corpora[1].tests);
}

}  // namespace
}  // namespace sezim
