// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/classifier.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "sezim/base/error.h"
#include "sezim/infer/onnx_session.h"
#include "sezim/learn/model_search.h"
#include "sezim/learn/temperature.h"
#include "support/thrown.h"

namespace sezim {
namespace {

// Clouds around one centre for each class; class k has `counts[k]` utterances, of two speakers in turn.
Dataset Clouds(const std::vector<int>& counts, int dim, float spread, unsigned seed) {
  std::mt19937 draw(seed);
  std::normal_distribution<float> normal(0, 1);
  Dataset data{.rows = {.dim = dim}, .num_classes = static_cast<int>(counts.size())};
  std::mt19937 place(99);
  for (std::size_t k = 0; k < counts.size(); ++k) {
    std::vector<float> centre;
    for (int d = 0; d < dim; ++d) centre.push_back(3 * normal(place));
    for (int i = 0; i < counts[k]; ++i) {
      for (int d = 0; d < dim; ++d) {
        data.rows.values.push_back(centre[static_cast<std::size_t>(d)] + spread * normal(draw));
      }
      ++data.rows.num_frames;
      data.labels.push_back(static_cast<int>(k));
      data.speakers.push_back("speaker " + std::to_string(i % 4));
    }
  }
  return data;
}

double ShareRight(const Classifier& classifier, const Dataset& data) {
  const std::vector<int> predicted = LargestOf(classifier.Logits(data.rows));
  double right = 0;
  for (std::size_t i = 0; i < data.size(); ++i) right += predicted[i] == data.labels[i] ? 1 : 0;
  return right / static_cast<double>(data.size());
}

class ClassifierContract : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<ClassifierMethod> method = MakeClassifierMethod(GetParam(), {});
};

// Clusters by hand: round 0 six utterances of class 0 and four of class 1, round 100 fourteen of class 0.
TEST(KMeans, LabelsEachClusterByTheMajorityOfItsUtterances) {
  Dataset data{.rows = {.dim = 1}, .num_classes = 2};
  const auto add = [&](float at, int label, int count) {
    for (int i = 0; i < count; ++i) {
      data.rows.values.push_back(at + 0.01F * static_cast<float>(i));
      data.labels.push_back(label);
      data.speakers.emplace_back("a");
      ++data.rows.num_frames;
    }
  };
  add(0, 0, 6);
  add(0, 1, 4);
  add(100, 0, 14);
  const FeatureMatrix asked{.num_frames = 2, .dim = 1, .values = {1, 99}};
  const auto said = [&](bool balanced) {
    return LargestOf(MakeClassifierMethod("k-means", {.balanced = balanced})->Train(data, 0)->Logits(asked));
  };
  EXPECT_EQ(said(false), (std::vector<int>{0, 0}));  // 6 against 4; 14 against none
  EXPECT_EQ(said(true), (std::vector<int>{1, 0}));   // each class counts by its share: 6 of 20 against 4 of 4
}

TEST_P(ClassifierContract, TellsCloudsApartUnderEveryChoice) {
  const Dataset train = Clouds({40, 40, 40}, 8, 0.5F, 1), test = Clouds({30, 30, 30}, 8, 0.5F, 2);
  for (std::size_t choice = 0; choice < method->Choices().size(); ++choice) {
    // A cluster for each class may begin in the wrong places.
    const double least = GetParam() == "k-means" && choice == 0 ? 0.6 : 0.95;
    EXPECT_GE(ShareRight(*method->Train(train, choice), test), least) << method->Choices()[choice];
  }
}

TEST_P(ClassifierContract, GivesFiniteLogitsOfEachRowAlone) {
  const Dataset train = Clouds({30, 20, 10}, 5, 1.5F, 1);
  const auto classifier = method->Train(train, 0);
  const FeatureMatrix all = classifier->Logits(train.rows);
  ASSERT_EQ(all.num_frames, 60);
  ASSERT_EQ(all.dim, 3);
  for (const float value : all.values) EXPECT_TRUE(std::isfinite(value));
  const std::size_t one[] = {17};
  const FeatureMatrix alone = classifier->Logits(Subset(train.rows, one));
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(alone.Frame(0)[k], all.Frame(17)[k], 1e-4);
  EXPECT_EQ(classifier->Logits({.dim = 5}).num_frames, 0);
}

TEST_P(ClassifierContract, IsTheSameEachTime) {
  const Dataset train = Clouds({30, 30}, 6, 2.0F, 1);
  const std::size_t last = method->Choices().size() - 1;
  EXPECT_EQ(method->Train(train, last)->Logits(train.rows).values,
            MakeClassifierMethod(GetParam(), {})->Train(train, last)->Logits(train.rows).values);
}

TEST_P(ClassifierContract, TryingAllGivesWhatTrainingEachGives) {
  const Dataset train = Clouds({25, 35, 15}, 6, 2.0F, 1), test = Clouds({10, 10, 10}, 6, 2.0F, 2);
  const std::vector<FeatureMatrix> tried = method->TryAll(train, test.rows);
  ASSERT_EQ(tried.size(), method->Choices().size());
  for (std::size_t choice = 0; choice < tried.size(); ++choice) {
    const FeatureMatrix alone = method->Train(train, choice)->Logits(test.rows);
    for (std::size_t i = 0; i < alone.values.size(); ++i) {
      ASSERT_NEAR(tried[choice].values[i], alone.values[i], 1e-3) << method->Choices()[choice];
    }
  }
}

TEST_P(ClassifierContract, IsTheSameAsOnnx) {
  Dataset train = Clouds({25, 35, 15}, 6, 2.0F, 1);
  train.num_classes = 4;
  const FittedClassifier fitted = FitWithSearch(*method, train, {});
  for (std::size_t choice = 0; choice < method->Choices().size(); ++choice) {
    const FittedClassifier one{.standardizer = fitted.standardizer, .classifier = method->Train(train, choice)};
    const OnnxSession session({.card = {.name = "m",
                                        .inputs = {{.name = "features", .dtype = "float32", .shape = {-1, 6}}},
                                        .outputs = {{.name = "logits", .dtype = "float32", .shape = {-1, 4}}}},
                               .weights = one.Onnx()});
    const FeatureMatrix wanted = one.Logits(train.rows);
    const Tensor rows[] = {{.shape = {train.rows.num_frames, 6}, .values = train.rows.values}};
    const std::vector<Tensor> given = session.Run(rows);
    ASSERT_EQ(given[0].values.size(), wanted.values.size());
    for (std::size_t i = 0; i < wanted.values.size(); ++i) {
      // A class that training did not have is as far below, give or take what rounding leaves.
      ASSERT_NEAR(given[0].values[i], wanted.values[i], wanted.values[i] < -1000 ? 20 : 1e-3)
          << method->Choices()[choice];
    }
  }
}

TEST_P(ClassifierContract, NeverGivesAClassThatTrainingDidNotHave) {
  Dataset train = Clouds({30, 30}, 6, 1.0F, 1);
  train.num_classes = 4;
  for (int& label : train.labels) label = label == 0 ? 1 : 3;
  const FeatureMatrix scores = ScoresOf(method->Train(train, 0)->Logits(train.rows), 1);
  for (std::int64_t i = 0; i < scores.num_frames; ++i) {
    EXPECT_LT(scores.Frame(i)[0] + scores.Frame(i)[2], 1e-6);
    EXPECT_NEAR(scores.Frame(i)[1] + scores.Frame(i)[3], 1, 1e-5);
  }
  EXPECT_GE(ShareRight(*method->Train(train, 0), train), 0.9);
}

TEST_P(ClassifierContract, RefusesWhatCannotBeLearnt) {
  Dataset train = Clouds({10, 10}, 3, 1.0F, 1);
  train.rows.values[7] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(ThrownBy([&] { method->Train(train, 0); }).kind(), ErrorKind::kBadInput);
  EXPECT_NE(std::string(ThrownBy([&] { method->TryAll(train, train.rows); }).what()).find("utterance 3"),
            std::string::npos);
  train = Clouds({10, 0}, 3, 1.0F, 1);
  EXPECT_EQ(ThrownBy([&] { method->Train(train, 0); }).kind(), ErrorKind::kBadInput);
  train = {.rows = {.dim = 3}, .num_classes = 2};
  EXPECT_EQ(ThrownBy([&] { FitWithSearch(*method, train, {}); }).kind(), ErrorKind::kBadInput);
}

INSTANTIATE_TEST_SUITE_P(All, ClassifierContract, testing::ValuesIn(ClassifierMethodNames()), [](const auto& method) {
  std::string name = method.param;
  for (char& letter : name) {
    if (letter == '-') letter = '_';
  }
  return name;
});

TEST(MakeClassifierMethod, NamesWhatThereIs) {
  EXPECT_NE(ThrownBy([] { MakeClassifierMethod("magic", {}); }).remedy().find("svm"), std::string::npos);
}

TEST(BalancedTraining, HelpsTheRareClass) {
  // Two overlapping clouds, one of them rare: without weights the rare one is hardly ever found.
  const Dataset train = Clouds({400, 20}, 1, 6.0F, 1), test = Clouds({0, 200}, 1, 6.0F, 2);
  const auto share = [&](bool balanced) {
    const auto method = MakeClassifierMethod("logistic-regression", {.balanced = balanced});
    return ShareRight(*method->Train(train, 2), test);
  };
  EXPECT_GT(share(true), share(false) + 0.2);
}

// At the best weights of min |w|^2 / 2 + C sum log(1 + exp(-y z)) each utterance's row counts by C y / (1 + exp(y z)).
TEST(LogisticRegression, FindsTheBestWeightsWithFewAndManyFeatures) {
  for (const int dim : {5, 200}) {
    const Dataset train = Clouds({30, 30}, dim, 3.0F, 1);
    const auto method = MakeClassifierMethod("logistic-regression", {.balanced = false});
    const FeatureMatrix logits = method->Train(train, 0)->Logits(train.rows);
    const double c = 0.01 / dim;
    std::vector<double> z, expected(train.size());
    for (std::int64_t i = 0; i < logits.num_frames; ++i) {
      const double logit = logits.Frame(i)[0];
      z.push_back(logit - std::log(-std::expm1(logit)));
    }
    for (std::size_t k = 0; k < train.size(); ++k) {
      const double y = train.labels[k] == 0 ? 1 : -1;
      const double share = c * y / (1 + std::exp(y * z[k]));
      const auto row = train.rows.Frame(static_cast<std::int64_t>(k));
      for (std::size_t i = 0; i < expected.size(); ++i) {
        const auto other = train.rows.Frame(static_cast<std::int64_t>(i));
        expected[i] += share * (std::inner_product(row.begin(), row.end(), other.begin(), 0.0) + 1);
      }
    }
    const double size = *std::max_element(expected.begin(), expected.end());
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(z[i], expected[i], 0.05 * size) << dim << " " << i;
  }
}

// At the best weights of min |w|^2 / 2 + C sum_i log-loss_i each utterance's row counts for class k by
// C (its truth - its probability).
TEST(SoftmaxRegression, FindsTheBestWeightsWithFewAndManyFeatures) {
  for (const int dim : {5, 200}) {
    const Dataset train = Clouds({40, 25, 25}, dim, 3.0F, 1);
    const auto method = MakeClassifierMethod("softmax-regression", {.balanced = true});
    const FeatureMatrix logits = method->Train(train, 2)->Logits(train.rows);
    const FeatureMatrix probabilities = ScoresOf(logits, 1);
    const std::vector<double> class_weights = BalancedClassWeights(train.labels, 3);
    std::vector<double> expected(logits.values.size());
    for (std::size_t i = 0; i < train.size(); ++i) {
      const auto row = train.rows.Frame(static_cast<std::int64_t>(i));
      for (std::size_t j = 0; j < train.size(); ++j) {
        const auto other = train.rows.Frame(static_cast<std::int64_t>(j));
        const double product = std::inner_product(row.begin(), row.end(), other.begin(), 0.0) + 1;
        for (std::size_t k = 0; k < 3; ++k) {
          const auto label = static_cast<std::size_t>(train.labels[i]);
          const double miss = (label == k ? 1 : 0) - probabilities.Frame(static_cast<std::int64_t>(i))[k];
          expected[j * 3 + k] += class_weights[label] * miss * product / dim;  // C = 1 / dim
        }
      }
    }
    for (std::size_t at = 0; at < expected.size(); ++at) EXPECT_NEAR(logits.values[at], expected[at], 0.01) << dim;
  }
}

TEST(FitWithSearch, StandardisesAndCalibrates) {
  // One dimension is a million times larger than the others and says nothing.
  Dataset train = Clouds({60, 60, 60}, 4, 4.0F, 1), test = Clouds({100, 100, 100}, 4, 4.0F, 2);
  for (Dataset* data : {&train, &test}) {
    std::mt19937 draw(5);
    for (std::int64_t i = 0; i < data->rows.num_frames; ++i) {
      data->rows.Frame(i)[0] = 1e6F * std::normal_distribution<float>()(draw);
    }
  }
  for (const std::string& name : ClassifierMethodNames()) {
    const auto fitted = FitWithSearch(*MakeClassifierMethod(name, {}), train, {});
    const FeatureMatrix scores = fitted.Scores(test.rows);
    EXPECT_FALSE(fitted.choice.empty());
    EXPECT_GT(fitted.inner_uar, 0.4) << name;
    // Calibrated: better than saying that nothing is known.
    EXPECT_LT(LogLoss(scores, test.labels), std::log(3.0)) << name;
    for (std::int64_t i = 0; i < scores.num_frames; ++i) {
      float sum = 0;
      for (const float score : scores.Frame(i)) sum += score;
      ASSERT_NEAR(sum, 1, 1e-4);
    }
  }
}

TEST(FitWithSearch, ChoosesAmongKindsOfFeatures) {
  // Two good numbers beside two hundred that say nothing.
  Dataset train = Clouds({40, 40}, 202, 2.0F, 1), test = Clouds({100, 100}, 202, 2.0F, 2);
  for (Dataset* data : {&train, &test}) {
    std::mt19937 draw(static_cast<unsigned>(data->size()));
    for (std::int64_t i = 0; i < data->rows.num_frames; ++i) {
      for (std::size_t d = 2; d < 202; ++d) data->rows.Frame(i)[d] = std::normal_distribution<float>()(draw);
    }
  }
  const auto num_right = [&] {
    const auto fitted = FitWithSearch(*MakeClassifierMethod("svm", {}), train, {});
    const std::vector<int> predicted = LargestOf(fitted.Logits(test.rows));
    return std::inner_product(predicted.begin(), predicted.end(), test.labels.begin(), 0, std::plus<>(),
                              std::equal_to<>());
  };
  const int as_one_kind = num_right();
  train.part_dims = test.part_dims = {2, 40, 40, 40, 40, 40};
  EXPECT_GT(num_right(), as_one_kind + 10);
}

TEST(FitWithSearch, LetsTreesChooseAmongAllFeatures) {
  Dataset train = Clouds({20, 20}, 6, 1.0F, 1);
  train.part_dims = {3, 3};
  for (const std::string& name : ClassifierMethodNames()) {
    const auto method = MakeClassifierMethod(name, {});
    const bool weighs = FitWithSearch(*method, train, {}).choice.find("kind") != std::string::npos;
    EXPECT_EQ(weighs, name != "random-forest" && name != "decision-tree") << name;
  }
}

TEST(FitTemperature, FindsWhatTheLogitsWereMultipliedBy) {
  // Labels drawn from the softmax of the logits themselves, which are then made three times too sure.
  std::mt19937 draw(3);
  FeatureMatrix logits{.num_frames = 4000, .dim = 3};
  for (int i = 0; i < 12'000; ++i) logits.values.push_back(2 * std::normal_distribution<float>()(draw));
  const FeatureMatrix scores = ScoresOf(logits, 1);
  std::vector<int> labels;
  for (std::int64_t i = 0; i < 4000; ++i) {
    const auto row = scores.Frame(i);
    labels.push_back(std::discrete_distribution<int>(row.begin(), row.end())(draw));
  }
  EXPECT_NEAR(FitTemperature(logits, labels), 1, 0.1);
  for (float& value : logits.values) value *= 3;
  EXPECT_NEAR(FitTemperature(logits, labels), 3, 0.3);
  EXPECT_EQ(FitTemperature({.dim = 3}, {}), 1);
}

TEST(NormaliseBySpeaker, TakesAwayWhatDiffersBetweenSpeakers) {
  Dataset data = Clouds({20, 20}, 3, 1.0F, 1);
  const FeatureMatrix before = NormaliseBySpeaker(data.rows, data.speakers);
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.speakers[i] != "speaker 2") continue;
    for (float& value : data.rows.Frame(static_cast<std::int64_t>(i))) value = 5 * value + 100;
  }
  const FeatureMatrix after = NormaliseBySpeaker(data.rows, data.speakers);
  for (std::size_t i = 0; i < before.values.size(); ++i) EXPECT_NEAR(after.values[i], before.values[i], 1e-3);
  data.speakers[4] = "";
  EXPECT_EQ(ThrownBy([&] { NormaliseBySpeaker(data.rows, data.speakers); }).kind(), ErrorKind::kBadInput);
}

TEST(Standardizer, LeavesConstantDimensionsAtZero) {
  const FeatureMatrix rows{.num_frames = 3, .dim = 2, .values = {1, 7, 2, 7, 3, 7}};
  const FeatureMatrix result = Standardizer(rows).Apply(rows);
  EXPECT_NEAR(result.values[0], -std::sqrt(1.5), 1e-5);
  EXPECT_EQ(result.values[1], 0);
  EXPECT_EQ(result.values[5], 0);
}

}  // namespace
}  // namespace sezim
