// SPDX-License-Identifier: Apache-2.0
#include "sezim/learn/confusion_picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sezim/base/error.h"

namespace sezim {
namespace {

using testing::HasSubstr;

TEST(ConfusionSvg, ShowsSharesOfTheRowAndCounts) {
  ConfusionMatrix matrix(2);
  matrix.Add(0, 0, 3);
  matrix.Add(0, 1, 1);
  const std::string svg = ConfusionSvg(matrix, {"sad", "a<b"}, "RAVDESS & friends");
  EXPECT_TRUE(svg.starts_with("<svg xmlns="));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_THAT(svg, HasSubstr(">75 %</text>"));
  EXPECT_THAT(svg, HasSubstr(">25 %</text>"));
  EXPECT_THAT(svg, HasSubstr("class=\"count on\">3</text>"));
  EXPECT_THAT(svg, HasSubstr("class=\"count\">1</text>"));
  EXPECT_THAT(svg, HasSubstr("<title>RAVDESS &amp; friends</title>"));
  EXPECT_THAT(svg, HasSubstr("a&lt;b"));
  EXPECT_THAT(svg, HasSubstr("of 4 clips: accuracy 75.0 %"));
  EXPECT_THAT(svg, testing::Not(HasSubstr("nan")));
  EXPECT_THAT(svg, testing::Not(HasSubstr(">0 %")));  // nothing was truly the second class
  EXPECT_THROW(ConfusionSvg(matrix, {"sad"}, ""), ContractViolation);
}

}  // namespace
}  // namespace sezim
