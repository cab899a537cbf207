// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/sampling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace sezim {
namespace {

// 12 items of class 0, 6 of class 2, 3 of class 3.
const std::vector<int> kLabels = [] {
  std::vector<int> labels(12, 0);
  labels.insert(labels.end(), 6, 2);
  labels.insert(labels.end(), 3, 3);
  return labels;
}();

std::map<int, int> CountsOf(const std::vector<std::size_t>& items) {
  std::map<int, int> counts;
  for (const std::size_t item : items) ++counts[kLabels[item]];
  return counts;
}

std::vector<std::size_t> Drawn(ClassBalance balance, std::uint64_t seed) {
  std::mt19937_64 generator = GeneratorOf(seed, 1);
  return DrawByClass(kLabels, balance, generator);
}

class Items : public TrainingData {
 public:
  explicit Items(std::vector<int> labels) : labels_(std::move(labels)) {}
  std::span<const int> labels() const override { return labels_; }
  std::int64_t LengthOf(std::size_t item) const override { return static_cast<std::int64_t>(item * 7919 % 101); }
  TrainingBatch Batch(std::span<const std::size_t>, const std::uint64_t*) const override { return {}; }

 private:
  std::vector<int> labels_;
};

TEST(ClassWeights, MakeClassesCountTheSame) {
  const std::vector<double> weights = ClassWeights(kLabels, 5);
  EXPECT_THAT(weights, ::testing::ElementsAre(21.0 / 36, 0, 21.0 / 18, 21.0 / 9, 0));
  double sum = 0;
  for (const int label : kLabels) sum += weights[static_cast<std::size_t>(label)];
  EXPECT_NEAR(sum, 21, 1e-9);
}

TEST(DrawByClass, TakesEachItemOnceWithoutBalance) {
  std::vector<std::size_t> drawn = Drawn(ClassBalance::kNone, 1);
  EXPECT_FALSE(std::ranges::is_sorted(drawn));
  std::ranges::sort(drawn);
  for (std::size_t i = 0; i < kLabels.size(); ++i) EXPECT_EQ(drawn.at(i), i);
  EXPECT_EQ(drawn.size(), kLabels.size());
}

TEST(DrawByClass, OverSamplesUpToTheLargestClassAndLeavesNoItemOut) {
  const std::vector<std::size_t> drawn = Drawn(ClassBalance::kOverSample, 1);
  EXPECT_EQ(CountsOf(drawn), (std::map<int, int>{{0, 12}, {2, 12}, {3, 12}}));
  EXPECT_EQ(std::set(drawn.begin(), drawn.end()).size(), kLabels.size());
}

TEST(DrawByClass, UnderSamplesDownToTheSmallestClassWithoutRepeating) {
  const std::vector<std::size_t> drawn = Drawn(ClassBalance::kUnderSample, 1);
  EXPECT_EQ(CountsOf(drawn), (std::map<int, int>{{0, 3}, {2, 3}, {3, 3}}));
  EXPECT_EQ(std::set(drawn.begin(), drawn.end()).size(), drawn.size());
}

TEST(DrawByClass, DependsOnTheSeed) {
  EXPECT_EQ(Drawn(ClassBalance::kUnderSample, 7), Drawn(ClassBalance::kUnderSample, 7));
  EXPECT_NE(Drawn(ClassBalance::kUnderSample, 7), Drawn(ClassBalance::kUnderSample, 8));
}

TEST(DrawBatches, HaveItemsOfLikeLengthAndNoneAlone) {
  for (const std::size_t count : {2U, 16U, 17U, 100U, 129U, 257U}) {
    std::vector<int> labels(count, 0);
    labels[0] = 1;
    TrainingOptions options;
    options.batch_size = 16;
    const Items items(labels);
    const auto batches = DrawBatches(items, options, 1);
    std::set<std::size_t> seen;
    std::int64_t spread = 0;
    for (const auto& batch : batches) {
      EXPECT_GE(batch.size(), 2U);
      EXPECT_LE(batch.size(), 17U);
      seen.insert(batch.begin(), batch.end());
      const auto [low, high] =
          std::ranges::minmax_element(batch, {}, [&](std::size_t item) { return items.LengthOf(item); });
      spread += items.LengthOf(*high) - items.LengthOf(*low);
    }
    EXPECT_EQ(seen.size(), count);
    if (count > 100) {
      EXPECT_LT(spread / std::ssize(batches), 40) << "of lengths 0 to 100";
    }
    EXPECT_EQ(DrawBatches(items, options, 1), batches);
    if (count >= 100) {
      EXPECT_NE(DrawBatches(items, options, 2), batches);
    }
  }
}

}  // namespace
}  // namespace sezim
