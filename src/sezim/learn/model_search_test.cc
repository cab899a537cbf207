// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/model_search.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "support/thrown.h"

namespace sezim {
namespace {

using testing::ElementsAre;

// Writes down what it is trained on, and tells nothing.
class Recorder : public ClassifierMethod {
 public:
  struct Trial {
    std::map<int, int> counts{};       // of the classes that train
    std::set<std::string> speakers{};  // of those who train
    std::int64_t num_held_out = 0;     // rows that are tried
  };

  std::vector<std::string> Choices() const override { return {"one"}; }
  std::unique_ptr<Classifier> Train(const Dataset& train, std::size_t) const override {
    last = train;
    return nullptr;
  }
  std::vector<FeatureMatrix> TryAll(const Dataset& train, const FeatureMatrix& rows) const override {
    EXPECT_EQ(train.rows.num_frames, std::ssize(train.labels));
    EXPECT_EQ(train.copies.num_frames, 0);
    Trial trial{.num_held_out = rows.num_frames};
    for (const int label : train.labels) ++trial.counts[label];
    trial.speakers.insert(train.speakers.begin(), train.speakers.end());
    trials.push_back(trial);
    FeatureMatrix logits{.num_frames = rows.num_frames, .dim = train.num_classes};
    logits.values.resize(static_cast<std::size_t>(logits.num_frames * logits.dim));
    return {logits};
  }

  mutable std::vector<Trial> trials;
  mutable Dataset last;
};

// Four speakers with 6 utterances of class 0 and 2 of class 1 each; `num_copies` copies of each are 1000 larger.
Dataset Utterances(int num_copies) {
  Dataset data{.rows = {.dim = 1}, .num_classes = 2};
  data.copies.dim = 1;
  for (int i = 0; i < 32; ++i) {
    data.rows.values.push_back(static_cast<float>(i));
    data.labels.push_back(i % 8 < 6 ? 0 : 1);
    data.speakers.push_back(std::to_string(i / 8));
    for (int k = 0; k < num_copies; ++k) data.copies.values.push_back(static_cast<float>(1000 + i));
  }
  data.rows.num_frames = 32;
  data.copies.num_frames = std::ssize(data.copies.values);
  return data;
}

TEST(Dataset, CopiesGoWithTheirUtterances) {
  const std::vector<std::size_t> some = {7, 1};
  const Dataset part = Subset(Utterances(2), some);
  EXPECT_THAT(part.copies.values, ElementsAre(1007, 1007, 1001, 1001));
  const Dataset all = WithCopies(part);
  EXPECT_THAT(all.rows.values, ElementsAre(7, 1, 1007, 1007, 1001, 1001));
  EXPECT_THAT(all.labels, ElementsAre(1, 0, 1, 1, 0, 0));
  EXPECT_EQ(all.speakers.size(), 6U);
  EXPECT_EQ(all.copies.num_frames, 0);
  EXPECT_EQ(WithCopies(Utterances(0)).rows.values, Utterances(0).rows.values);
}

TEST(FitWithSearch, CopiesTrainWithTheirUtterancesAndTestNothing) {
  const Recorder method;
  const FittedClassifier fitted = FitWithSearch(method, Utterances(2), {.num_inner_folds = 4});
  ASSERT_EQ(method.trials.size(), 4U);
  for (const Recorder::Trial& trial : method.trials) {
    EXPECT_EQ(trial.num_held_out, 8);
    EXPECT_EQ(trial.speakers.size(), 3U);  // nobody who is held out trains by a copy
    EXPECT_EQ(trial.counts, (std::map<int, int>{{0, 54}, {1, 18}}));
  }
  EXPECT_EQ(method.last.size(), 96U);
  EXPECT_THAT(fitted.standardizer.mean(), ElementsAre(15.5F));  // of the utterances themselves
}

TEST(FitWithSearch, DrawsByClassInEachTrainingPartAlone) {
  for (const auto& [balance, count] : {std::pair{ClassBalance::kOverSample, 18}, {ClassBalance::kUnderSample, 6}}) {
    const Recorder method;
    FitWithSearch(method, Utterances(0), {.num_inner_folds = 4, .seed = 5, .balance = balance});
    for (const Recorder::Trial& trial : method.trials) {
      EXPECT_EQ(trial.num_held_out, 8);
      EXPECT_EQ(trial.counts, (std::map<int, int>{{0, count}, {1, count}}));
    }
    const FeatureMatrix rows = method.last.rows;
    FitWithSearch(method, Utterances(0), {.num_inner_folds = 4, .seed = 5, .balance = balance});
    EXPECT_EQ(method.last.rows.values, rows.values);
    FitWithSearch(method, Utterances(0), {.num_inner_folds = 4, .seed = 6, .balance = balance});
    EXPECT_NE(method.last.rows.values, rows.values);
  }
  const Recorder method;
  FitWithSearch(method, Utterances(0), {.num_inner_folds = 4, .balance = ClassBalance::kWeights});
  EXPECT_EQ(method.trials.front().counts, (std::map<int, int>{{0, 18}, {1, 6}}));
}

TEST(FitWithSearch, StopsBetweenTwoTrainingsWhenAskedTo) {
  class Stopper : public Recorder {
   public:
    std::vector<FeatureMatrix> TryAll(const Dataset& train, const FeatureMatrix& rows) const override {
      if (trials.size() == 1) stop.request_stop();
      return Recorder::TryAll(train, rows);
    }
    mutable std::stop_source stop;
  };
  const Stopper method;
  const Error error =
      ThrownBy([&] { FitWithSearch(method, Utterances(0), {.num_inner_folds = 4, .stop = method.stop.get_token()}); });
  EXPECT_EQ(error.kind(), ErrorKind::kInterrupted);
  EXPECT_EQ(method.trials.size(), 2U);
  EXPECT_TRUE(method.last.labels.empty());  // nothing was trained in the end
}

}  // namespace
}  // namespace sezim
