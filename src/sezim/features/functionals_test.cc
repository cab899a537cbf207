// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/functionals.h"

#include <gtest/gtest.h>

#include "support/thrown.h"

namespace sezim {
namespace {

std::vector<float> Of(std::vector<float> column, const std::vector<std::string>& names,
                      std::vector<char> selected = {}) {
  FeatureMatrix frames{.num_frames = std::ssize(column), .dim = 1, .values = std::move(column)};
  std::vector<Functional> functionals;
  for (const std::string& name : names) functionals.emplace_back(name);
  return Summarize(frames, selected, functionals, 0.5);
}

// The wanted numbers are worked out by hand: 1, 2, 3, 10 has mean 4, squares of differences 9 + 4 + 1 + 36 = 50,
// cubes -27 - 8 - 1 + 216 = 180, fourth powers 81 + 16 + 1 + 1296 = 1394.
TEST(Functionals, AreWhatTheirNamesSay) {
  const std::vector<float> got = Of({1, 2, 3, 10}, {"mean", "std", "min", "max", "range", "skewness", "kurtosis"});
  EXPECT_FLOAT_EQ(got[0], 4);
  EXPECT_FLOAT_EQ(got[1], 3.5355339F);
  EXPECT_FLOAT_EQ(got[2], 1);
  EXPECT_FLOAT_EQ(got[3], 10);
  EXPECT_FLOAT_EQ(got[4], 9);
  EXPECT_FLOAT_EQ(got[5], 1.0182337F);  // 45 / 12.5^1.5
  EXPECT_FLOAT_EQ(got[6], 2.2304F);     // 348.5 / 12.5^2
}

TEST(Functionals, PercentilesLieBetweenNeighbours) {
  EXPECT_EQ(Of({10, 1, 3, 2}, {"p0", "p50", "p75", "p100"}), (std::vector<float>{1, 2.5F, 4.75F, 10}));
  EXPECT_EQ(Of({7}, {"p20", "std", "slope"}), (std::vector<float>{7, 0, 0}));
}

TEST(Functionals, TheSlopeIsPerSecondAndSkipsFramesThatDoNotCount) {
  EXPECT_FLOAT_EQ(Of({0, 1, 2, 3}, {"slope"})[0], 2);
  EXPECT_FLOAT_EQ(Of({0, 100, 2, 3}, {"slope"}, {1, 0, 1, 1})[0], 2);
  EXPECT_FLOAT_EQ(Of({0, 100, 2, 4}, {"mean"}, {1, 0, 1, 1})[0], 2);
}

TEST(Functionals, OfNothingAndOfConstantsTheyAreFinite) {
  const std::vector<std::string> all{"mean", "std", "min", "max", "range", "skewness", "kurtosis", "slope", "p50"};
  EXPECT_EQ(Of({}, all), std::vector<float>(9, 0.0F));
  EXPECT_EQ(Of({1, 2}, all, {0, 0}), std::vector<float>(9, 0.0F));
  const std::vector<float> constant = Of(std::vector<float>(1000, 0.1F), all);
  EXPECT_FLOAT_EQ(constant[0], 0.1F);
  for (const std::size_t i : {5U, 6U, 7U}) EXPECT_EQ(constant[i], 0) << i;
}

TEST(Functionals, UnknownNamesAreRefused) {
  for (const char* name : {"median", "p", "p101", "p-1", "p20x", ""}) {
    EXPECT_EQ(ThrownBy([&] { Functional functional(name); }).kind(), ErrorKind::kUsage) << name;
  }
}

}  // namespace
}  // namespace sezim
