// SPDX-License-Identifier: Apache-2.0
#include "sezim/catalog/repeat_detail.h"

#include <gtest/gtest.h>

namespace sezim {
namespace {

TEST(RepeatDetail, ComesBackWhateverTheSourceIsCalled) {
  for (const char* name : {"a.mp4", "", "9 s of 'b' before", "it's", "' before", "Қазақша"}) {
    for (const RepeatOf of : {RepeatOf::kSound, RepeatOf::kPictures}) {
      const EarlierPlace place{.of = of, .at_s = 125, .source = name};
      EXPECT_EQ(EarlierPlaceFrom(RepeatDetail(place)), place) << name;
    }
  }
  EXPECT_EQ(RepeatDetail({.at_s = 4.6, .source = "a"}), "heard at 5 s of 'a' before");
}

TEST(RepeatDetail, IsToldFromOtherText) {
  for (const char* text :
       {"", "heard before", "seen before", "heard at s of 'a' before", "heard at 3 s of 'a", "heard at 3 s of '",
        "heard at 3 s of ' before", "it has the same bytes as 'a'", "2.4 steady partials", "heard at "}) {
    EXPECT_FALSE(EarlierPlaceFrom(text)) << text;
  }
  EXPECT_FALSE(EarlierPlaceFrom(RepeatDetailWithoutPlace(RepeatOf::kSound)));
}

}  // namespace
}  // namespace sezim
