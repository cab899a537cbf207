// SPDX-License-Identifier: Apache-2.0
#include "sezim/base/error.h"

#include <gmock/gmock.h>

#include <cerrno>
#include <set>

#include "support/thrown.h"

namespace sezim {
namespace {

using testing::HasSubstr;

TEST(OptionChecks, ListsEverythingThatIsWrong) {
  OptionChecks checks("segments");
  checks.Require(false, "a must be 1, not 2");
  checks.Require(true, "b is fine");
  checks.Require(false, "c must be 3, not 4");
  const Error error = ThrownBy([&] { checks.ThrowIfAny(); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_STREQ(error.what(), "segments: a must be 1, not 2; c must be 3, not 4");
  EXPECT_FALSE(error.remedy().empty());
}

TEST(OptionChecks, SaysNothingWhereAllIsRight) {
  OptionChecks checks("segments");
  EXPECT_NO_THROW(checks.ThrowIfAny());
  checks.Require(true, "b");
  EXPECT_NO_THROW(checks.ThrowIfAny());
}

TEST(SystemError, TellsKindsApart) {
  const auto kind_of = [](int number) { return SystemError(number, "cannot write", "/x").kind(); };
  EXPECT_EQ(kind_of(ENOSPC), ErrorKind::kNoSpace);
  EXPECT_EQ(kind_of(EDQUOT), ErrorKind::kNoSpace);
  EXPECT_EQ(kind_of(ENOENT), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(ENOTDIR), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of(EACCES), ErrorKind::kIo);
  EXPECT_EQ(kind_of(EIO), ErrorKind::kIo);
  const Error full = SystemError(ENOSPC, "cannot write", "/disk/x");
  EXPECT_THAT(full.what(), HasSubstr("cannot write '/disk/x'"));
  EXPECT_FALSE(full.remedy().empty());
}

TEST(Check, ThrowsInEveryBuildAndNamesThePlace) {
  EXPECT_NO_THROW(Check(true, "fine"));
  try {
    Check(false, "ticks ascend");
    FAIL();
  } catch (const ContractViolation& violation) {
    EXPECT_THAT(violation.what(), HasSubstr("error_test.cc:"));
    EXPECT_THAT(violation.what(), HasSubstr("ticks ascend"));
  }
}

TEST(ErrorKinds, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::kInterrupted); ++kind) {
    names.insert(NameOf(static_cast<ErrorKind>(kind)));
  }
  EXPECT_EQ(names.size(), 9U);
  EXPECT_FALSE(names.contains("unknown"));
  EXPECT_EQ(NameOf(ErrorKind::kBadInput), "bad-input");
}

}  // namespace
}  // namespace sezim
