// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/source_timeline.h"

#include <gtest/gtest.h>

#include "sezim/base/error.h"

namespace sezim {
namespace {

using Spans = std::vector<SpanMs>;

TEST(SourceTimeline, JoinsWhatOverlapsOrTouches) {
  EXPECT_EQ(JoinedSpans({{50, 60}, {0, 10}, {10, 20}, {15, 40}, {16, 18}}), (Spans{{0, 40}, {50, 60}}));
  EXPECT_EQ(JoinedSpans({}), Spans{});
}

TEST(SourceTimeline, ComesBackFromItsBytes) {
  const SourceTimeline timeline{.speech = {{0, 10}, {20, 30}}, .faces = {{5, 1'000'000'000'000}}};
  EXPECT_EQ(UnpackTimeline(PackTimeline(timeline)), timeline);
  EXPECT_EQ(UnpackTimeline(""), SourceTimeline{});
}

TEST(SourceTimeline, RefusesBytesThatAreCutShort) {
  const std::string bytes = PackTimeline({.speech = {{0, 10}}, .faces = {{5, 6}}});
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    EXPECT_THROW(UnpackTimeline(bytes.substr(0, size)), Error) << size;
  }
}

}  // namespace
}  // namespace sezim
