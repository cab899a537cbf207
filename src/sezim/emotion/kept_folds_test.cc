// SPDX-License-Identifier: Apache-2.0
#include "sezim/emotion/kept_folds.h"

#include <gmock/gmock.h>

#include <fstream>

#include "sezim/base/error.h"
#include "support/temporary_folder.h"

namespace sezim {
namespace {

namespace fs = std::filesystem;

class KeptFoldsTest : public testing::Test {
 protected:
  FoldScores Get(KeptFolds& kept, const std::string& digest = "row", const Fold* fold = nullptr) {
    const Fold& asked = fold == nullptr ? fold_ : *fold;
    return kept.Get(digest, asked, [&] {
      ++num_computed_;
      return FoldScores{.name = asked.name,
                        .test = asked.test,
                        .scores = {.num_frames = 2, .dim = 3, .values = {0.5F, 0.25F, 0.25F, 0, 1, 0}},
                        .choice = "linear, C = 1"};
    });
  }

  std::vector<fs::path> Files() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder_.path())) files.push_back(entry.path());
    return files;
  }

  TemporaryFolder folder_;
  Fold fold_{.train = {0, 1, 4}, .test = {2, 3}, .name = "fold 1 of 2"};
  int num_computed_ = 0;
};

TEST_F(KeptFoldsTest, ASecondRunTakesWhatTheFirstFinished) {
  KeptFolds first(folder_.path());
  const FoldScores computed = Get(first);
  KeptFolds second(folder_.path());
  const FoldScores kept = Get(second);
  EXPECT_EQ(num_computed_, 1);
  EXPECT_EQ(second.num_found(), 1);
  EXPECT_EQ(kept.name, computed.name);
  EXPECT_EQ(kept.test, computed.test);
  EXPECT_EQ(kept.choice, computed.choice);
  EXPECT_EQ(kept.scores.num_frames, 2);
  EXPECT_EQ(kept.scores.dim, 3);
  EXPECT_EQ(kept.scores.values, computed.scores.values);
}

TEST_F(KeptFoldsTest, OtherRowsAndOtherFoldsAreComputed) {
  KeptFolds kept(folder_.path());
  Get(kept);
  Get(kept, "another row");
  const Fold other{.train = {0, 1}, .test = fold_.test, .name = fold_.name};
  Get(kept, "row", &other);
  EXPECT_EQ(num_computed_, 3);
  EXPECT_EQ(kept.num_found(), 0);
}

TEST_F(KeptFoldsTest, WhatIsDamagedIsComputedAgain) {
  KeptFolds kept(folder_.path());
  Get(kept);
  const fs::path file = Files().front();
  const auto size = static_cast<long>(fs::file_size(file));
  for (long at = 0; at < size; at += 7) {
    std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(at).put('\x55');
    num_computed_ = 0;
    EXPECT_EQ(Get(kept).choice, "linear, C = 1") << at;
    EXPECT_EQ(num_computed_, 1) << at;
  }
  for (const std::uintmax_t cut : {0, 1, 60, 100}) {
    fs::resize_file(file, cut);
    num_computed_ = 0;
    Get(kept);
    EXPECT_EQ(num_computed_, 1) << cut;
  }
}

TEST_F(KeptFoldsTest, WhatFailsIsNotKept) {
  KeptFolds kept(folder_.path());
  EXPECT_THROW(kept.Get("row", fold_, []() -> FoldScores { throw Error(ErrorKind::kInterrupted, "stopped"); }), Error);
  EXPECT_TRUE(Files().empty());
}

TEST_F(KeptFoldsTest, AFolderThatCannotBeWrittenIsNoError) {
  std::ofstream(folder_.path() / "file") << "no folder";
  KeptFolds kept(folder_.path() / "file");
  EXPECT_EQ(Get(kept).choice, "linear, C = 1");
  EXPECT_EQ(num_computed_, 1);
}

TEST_F(KeptFoldsTest, AtTheEndItsOwnFilesAndOldOnesGo) {
  KeptFolds stopped(folder_.path());
  Get(stopped, "of another experiment");
  const fs::path others = Files().front();
  std::ofstream(folder_.path() / "old.fold") << "old";
  fs::last_write_time(folder_.path() / "old.fold", fs::file_time_type::clock::now() - std::chrono::hours(31 * 24));
  KeptFolds ended(folder_.path());
  Get(ended);
  ended.Forget();
  EXPECT_THAT(Files(), testing::ElementsAre(others));
}

TEST(DigestOfRow, DiffersWithWhateverMayChangeScores) {
  const Experiment experiment{};
  const ExperimentSystem system{.name = "a", .features = "f", .classifier = "svm"};
  const LabelledPart part{.utterances = {0, 1}, .labels = {0, 1}, .speakers = {"x", "y"}, .classes = {"sad", "happy"}};
  const std::vector<FeatureMatrix> rows = {{.num_frames = 2, .dim = 1, .values = {1, 2}}};
  const auto digest = [&](auto change) {
    Experiment e = experiment;
    ExperimentSystem s = system;
    LabelledPart p = part;
    std::vector<FeatureMatrix> r = rows;
    std::vector<FeatureMatrix> copies;
    change(e, s, p, r, copies);
    return DigestOfRow(e, s, p, r, copies);
  };
  const std::string same = digest([](auto&...) {});
  EXPECT_EQ(digest([](auto&, auto& s, auto&, auto&, auto&) { s.name = "b"; }), same);
  EXPECT_NE(digest([](auto& e, auto&...) { e.seed = 2; }), same);
  EXPECT_NE(digest([](auto& e, auto&...) { e.inner_folds = 2; }), same);
  EXPECT_NE(digest([](auto&, auto& s, auto&...) { s.classifier = "logistic-regression"; }), same);
  EXPECT_NE(digest([](auto&, auto& s, auto&...) { s.speaker_normalisation = true; }), same);
  EXPECT_NE(digest([](auto&, auto& s, auto&...) { s.balance = ClassBalance::kNone; }), same);
  EXPECT_NE(digest([](auto&, auto& s, auto&...) { s.options["epochs"] = 3; }), same);
  EXPECT_NE(digest([](auto&, auto&, auto& p, auto&...) { p.labels = {1, 0}; }), same);
  EXPECT_NE(digest([](auto&, auto&, auto& p, auto&...) { p.speakers = {"x", "x"}; }), same);
  EXPECT_NE(digest([](auto&, auto&, auto&, auto& r, auto&) { r[0].values = {1, 3}; }), same);
  EXPECT_NE(digest([](auto&, auto&, auto&, auto& r, auto& copies) { copies = r; }), same);
}

}  // namespace
}  // namespace sezim
