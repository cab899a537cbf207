// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/evaluate_speakers.h"

#include <gtest/gtest.h>

namespace sezim {
namespace {

TEST(CompareClusters, CountsByHand) {
  const std::vector<std::size_t> people = {0, 0, 0, 0, 1, 1, 2, 2};
  const std::vector<std::size_t> clusters = {5, 5, 5, 7, 7, 7, 7, 8};
  const ClusterFigures figures = CompareClusters(people, clusters);
  EXPECT_EQ(figures.num_items, 8U);
  EXPECT_EQ(figures.num_people, 3U);
  EXPECT_EQ(figures.num_clusters, 3U);
  EXPECT_DOUBLE_EQ(figures.purity, 6.0 / 8);          // 3 of 5s, 2 of 7s, 1 of 8s
  EXPECT_DOUBLE_EQ(figures.inverse_purity, 6.0 / 8);  // 3 of person 0, 2 of 1, 1 of 2
  EXPECT_EQ(CompareClusters({}, {}).purity, 0);
}

TEST(EvaluateSpeakers, PutsClipsOfOnePersonTogether) {
  std::vector<VoiceClip> clips;
  for (std::size_t i = 0; i < 11; ++i) {
    clips.push_back({.person = i % 2, .print = {i % 2 == 0 ? 1.0F : 0.0F, i % 2 == 0 ? 0.0F : 1.0F}, .speech_s = 2});
  }
  const ClusterFigures threes = EvaluateSpeakers(clips, 3, {}, 1);
  EXPECT_EQ(threes.num_items, 4U);  // of 6 clips and of 5
  EXPECT_EQ(threes.num_people, 2U);
  EXPECT_EQ(threes.num_clusters, 2U);
  EXPECT_EQ(threes.purity, 1);
  EXPECT_EQ(EvaluateSpeakers(clips, 1, {}, 1).num_items, 11U);
}

}  // namespace
}  // namespace sezim
